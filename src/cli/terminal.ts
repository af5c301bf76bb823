import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ExitCode } from './outcome.ts'

/** What a command has of the process it runs in. */
export type Terminal = {
  /** Used where `--data-dir` is not given. */
  readonly defaultDataDir: string
  /** The configuration a node would start with here; throws PiasError `config.*`. */
  readonly loadConfig: () => Config
  /** Who works here, for what is written down of an act. */
  readonly operator: string
  readonly clock: Clock
  /** What a program hands over, where a command reads it. */
  readonly input: AsyncIterable<Uint8Array | string>
  /** Progress, and what will be done; a terminal has `isTTY`. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Asks whoever sits here; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>
}

/** The process that a command runs in; tests hand over their own. */
export type ProcessTerminal = Terminal & {
  /** Results alone; `answer.ts` writes them. */
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly setExitCode: (code: ExitCode) => void
}

/**
 * Words of others, such as a reason or the name of an app, for a terminal: without what moves its cursor, hides a line or
 * turns its order round, so that nobody agrees to what cannot be seen. Ends of lines and tabs stay.
 */
export const visible = (text: string): string => text.replaceAll(/(?![\n\t])[\p{Cc}\p{Bidi_C}]/gu, '\u{fffd}')

/** Tells people something on standard error: what will be done, before they are asked. */
export const tell = ({ stderr }: Pick<Terminal, 'stderr'>, text: string): void => {
  stderr.write(visible(text))
}

/** 20000 as `20,000`. */
export const grouped = (count: number): string => Math.round(count).toLocaleString('en')

/** A moment, such as `2026-11-28T10:00:00.000Z`; `-` for none. */
export const timeOf = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString())
