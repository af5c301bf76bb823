import { PiasError } from '#src/kernel/errors.ts'

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
}

/** Why a file operation failed, in words; `undefined` for errors that are none of the common file faults. */
export const fileFault = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? FILE_FAULTS[String(error.code)] : undefined

/** What an operator reads of an error: one line, without a stack trace. */
export const failureLine = (error: unknown): string => {
  if (error instanceof PiasError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? message
}
