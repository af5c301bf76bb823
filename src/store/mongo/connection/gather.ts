/**
 * Gathers what is asked for in one turn of the event loop, whoever asks, and answers it together: a command costs a node
 * far more than what is in it (ADR 0088).
 * @param most how much goes together; what is beyond goes by itself
 * @param answerAll answers in the order it is asked; where it fails, all fail who asked
 */
export const createGather = <Asked, Answer>(
  most: number,
  answerAll: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): ((asked: Asked) => Promise<Answer>) => {
  type Waiting = { asked: Asked; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []

  const answer = (batch: readonly Waiting[]): void => {
    answerAll(batch.map(({ asked }) => asked)).then(
      answers => {
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer)
      },
      error => {
        for (const { reject } of batch) reject(error)
      },
    )
  }

  const answerEverybody = (): void => {
    const gathered = waiting
    waiting = []
    for (let at = 0; at < gathered.length; at += most) answer(gathered.slice(at, at + most))
  }

  return asked =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(answerEverybody)
      waiting.push({ asked, resolve, reject })
    })
}
