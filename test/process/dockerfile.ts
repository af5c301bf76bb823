/** What a Dockerfile says, as far as a replay needs it. */
export type Dockerfile = {
  readonly env: Readonly<Record<string, string>>
  /** In order: files of the build context to copy to a place below the working directory, or a shell command. */
  readonly steps: readonly ({ copy: string[]; to: string } | { run: string })[]
  readonly command: readonly string[]
}

/** Reads the instructions that PIAS's Dockerfile uses; one that is not known is an error, so that none is left out. */
export const parseDockerfile = (text: string): Dockerfile => {
  const env: Record<string, string> = {}
  const steps: Dockerfile['steps'][number][] = []
  let command: string[] = []
  const instructions = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))

  const readers: Record<string, (rest: string) => void> = {
    ENV: rest => {
      for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) env[name] = value
    },
    COPY: rest => {
      const words = rest.split(/\s+/)
      steps.push({ copy: words.slice(0, -1), to: words.at(-1) ?? '' })
    },
    RUN: rest => {
      steps.push({ run: rest })
    },
    CMD: rest => {
      command = JSON.parse(rest)
    },
  }
  for (const instruction of instructions) {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(instruction) ?? []
    if (['FROM', 'WORKDIR', 'USER', 'EXPOSE'].includes(name)) continue
    const read = readers[name]
    if (read === undefined) throw new Error(`the replay does not know: ${instruction}`)
    read(rest)
  }
  return { env, steps, command }
}
