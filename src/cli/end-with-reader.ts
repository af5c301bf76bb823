/** As a shell tells that a closed pipe ended a program: 128 and the number of SIGPIPE (POSIX, Shell Command Language, 2.8.2). */
const READER_GONE = 141
const FAILED = 1

/**
 * Ends the process quietly when nobody reads its results any more (`pias audit list | head`), as other programs end; where they
 * cannot be written for another reason, it says so. Words on standard error may be lost: what is done goes on.
 */
export const endWithReader = ({ stdout, stderr, exit }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'exit'>): void => {
  stderr.on('error', () => undefined)
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') exit(READER_GONE)
    stderr.write(`pias: standard output cannot be written (${code ?? 'unknown reason'})\n`)
    exit(FAILED)
  })
}
