import { PiasError } from '#src/kernel/errors.ts'

/** Another process has the file (https://www.sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5

const FORBIDDEN = 'cannot be written: give this user the right to, or set another data directory'
const NOT_A_DIRECTORY = 'is not a directory: remove it, or set another data directory'
const DAMAGED = 'is damaged or not a database: restore it from a backup, or move it away to start empty'
const NO_ROOM = 'cannot be written because the disk is full: make room'

/** What went wrong and what to do, by Node's code or SQLite's primary result code. */
const REMEDIES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['EACCES', FORBIDDEN],
  ['EPERM', FORBIDDEN],
  ['EROFS', FORBIDDEN],
  ['EEXIST', NOT_A_DIRECTORY],
  ['ENOTDIR', NOT_A_DIRECTORY],
  ['EISDIR', 'is a directory where a file should be: move it away'],
  ['ENOSPC', NO_ROOM],
  [3, FORBIDDEN],
  [SQLITE_BUSY, 'is locked by another process: end that process, then try again'],
  [8, FORBIDDEN],
  [11, DAMAGED],
  [13, NO_ROOM],
  [14, FORBIDDEN],
  [26, DAMAGED],
])

/** Node's code, or SQLite's primary result code, behind an error. */
export const resultCodeOf = (error: unknown): string | number | undefined => {
  const origin = error instanceof PiasError ? error.cause : error
  const { code, errcode } = (origin ?? {}) as { code?: string; errcode?: number }
  return errcode === undefined ? code : errcode & 0xff
}

/** The error for a file or folder of the store that cannot be used: one line with its path, what is wrong and what to do. */
export const unusable = (path: string, error: unknown): PiasError => {
  const known = error instanceof PiasError && error.code === 'store.unusable' ? error.detail : undefined
  const code = resultCodeOf(error)
  const detail = known ?? REMEDIES.get(code) ?? `cannot be opened as a database of PIAS (${code ?? 'unknown reason'})`
  return new PiasError('store.unusable', `${path} ${detail}`, { cause: error })
}
