/** One thing that a command tells: as a value and as words of it. */
export type Shown = {
  /** What `--json` prints, as the admin API names it where it has the same thing. */
  readonly value: unknown
  /** What people read on standard output, with its line ends. */
  readonly text: string
  /** What people read beside it, on standard error; none of it is for a program. */
  readonly note?: string
  /** `wrong`: it was looked at and is not as it has to be. `pending`: something is to be done. See {@link EXIT_CODES}. */
  readonly end?: 'wrong' | 'pending'
  /** Why not all that was asked for could be done. */
  readonly but?: Refused
}

/** Things that are told one after the other, as they come: with `--json` a line each. */
export type Listed = { readonly lines: AsyncIterable<Shown> | Iterable<Shown> }

/** Why nothing was done. */
export type Refused = {
  readonly refused: {
    /** Stable, for programs: that of an error (docs/errors.md), of a problem of the admin API, or one of the command line. */
    readonly code: string
    readonly message: string
    /** What is wrong, field by field, where that is known. */
    readonly errors?: readonly object[]
    /** What people read in place of the message, with its line ends. */
    readonly text?: string
  }
  /** `failed` where trying again, or mending something else than the command, may help. */
  readonly end?: 'failed'
}

/** What a command came to. `answer.ts` prints it: no command writes to standard output. */
export type Outcome = Shown | Listed | Refused

/** The exit codes of all commands, for the reference; docs/cli.md. */
export const EXIT_CODES = {
  0: 'done, and what was checked is as it should be',
  1: 'it failed, or what was checked is not as it should be (an alarm, a finding, a copy or a trail that is not whole)',
  2: 'nothing was done: the command line or its input cannot be used, there is no such thing, or nobody confirmed it. For `plan` and `migrate status`: there is something to do (whatever else ends them is 1)',
  141: 'whoever read standard output has gone (`| head`): the rest was not read, or not told',
} as const

/** An exit code of a command. */
export type ExitCode = keyof typeof EXIT_CODES

/** Nothing was done, for the command or its input is to blame. */
export const refused = (
  code: string,
  message: string,
  more: Pick<Refused['refused'], 'errors' | 'text'> = {},
): Refused => ({
  refused: { code, message, ...more },
})

/** Nothing was done, for something else than the command or its input. */
export const failed = (code: string, message: string): Refused => ({ ...refused(code, message), end: 'failed' })

/** There is no such thing. */
export const notFound = (message: string): Refused => refused('not-found', message)

/** What an operation says why it did nothing, in one word, with the code and the exit code that it has everywhere. */
export const refusedAs = (why: string): Refused => {
  if (why === 'unknown') return notFound('there is no such thing')
  const told = `refused: ${why}`
  return why === 'stale'
    ? failed(why, `${told}: somebody else changed it: look at it, and try again`)
    : refused(why, told)
}

/** An option or an argument that cannot be used. */
export const unusable = (message: string): Refused => refused('request.invalid', message)

/** A value that people read as JSON, too. */
export const asJson = (value: unknown): Shown => ({ value, text: `${JSON.stringify(value, null, 2)}\n` })
