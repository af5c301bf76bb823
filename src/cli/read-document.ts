import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { PiasError } from '#src/kernel/errors.ts'

/** Reads a file of JSON or YAML. @throws PiasError `request.invalid` for what is neither */
export const readDocument = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8')
  try {
    return parse(text)
  } catch (cause) {
    const [why] = (cause as Error).message.split('\n', 1)
    throw new PiasError('request.invalid', `${file} is neither JSON nor YAML: ${why}`)
  }
}
