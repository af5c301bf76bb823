import { PiasError } from '#src/kernel/errors.ts'

/** How many at most a `--limit` asks for. @throws PiasError `request.invalid` for what is no positive number */
export const readLimit = (text: string | undefined): number => {
  const limit = Number(text)
  if (!Number.isSafeInteger(limit) || limit < 1) throw new PiasError('request.invalid', '--limit must be a number')
  return limit
}
