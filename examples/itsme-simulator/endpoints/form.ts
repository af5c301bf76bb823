import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 65_536

/** The body of a request as text; a longer one ends the connection. */
export const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BYTES) throw new Error('body is too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

/** A form body, whatever its declared type: a wrong one has no fields. */
export const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  const type = request.headers['content-type'] ?? ''
  const body = await readText(request)
  return new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? body : '')
}
