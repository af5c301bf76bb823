import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'

/** What a command has of the process it runs in; tests hand over their own. */
export type Terminal = {
  /** Used where `--data-dir` is not given. */
  readonly defaultDataDir: string
  /** The configuration a node would start with here; throws PiasError `config.*`. */
  readonly loadConfig: () => Config
  /** Who works here, for what is written down of an act. */
  readonly operator: string
  readonly clock: Clock
  /** Results. */
  readonly stdout: { write(text: string): unknown }
  /** Progress and failures; a terminal has `isTTY`. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Asks whoever sits here; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>
  readonly setExitCode: (code: 0 | 1 | 2) => void
}

/**
 * Says on standard error, in one line, why nothing was done.
 * @param code as `setExitCode` takes it: 2 where the input is to blame, 1 where something failed
 */
export const refuse = (
  { stderr, setExitCode }: Pick<Terminal, 'stderr' | 'setExitCode'>,
  words: string,
  code: 1 | 2 = 2,
): void => {
  stderr.write(`pias: ${words}\n`)
  setExitCode(code)
}

/** 20000 as `20,000`. */
export const grouped = (count: number): string => Math.round(count).toLocaleString('en')
