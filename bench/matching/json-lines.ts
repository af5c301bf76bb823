import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** The objects of a JSON Lines file that this program, or PIAS, wrote. @throws file system errors */
export async function* readJsonLines<T>(file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line) as T
}
