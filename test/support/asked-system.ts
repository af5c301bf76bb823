import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Question = { readonly headers: IncomingHttpHeaders; readonly body: { readonly [name: string]: unknown } }

/** What the system answers with: a status and a body, or what it does with the socket instead. */
export type Reply =
  | {
      readonly status?: number
      readonly body: unknown
      readonly headers?: Record<string, string>
      readonly afterMs?: number
    }
  | 'silence'
  | 'hang-up'
  | 'half'

/**
 * A system of the company's own, as it may stand behind a customer source or know old passwords: it answers each POST
 * with what it is told to, on a real socket.
 */
export const startAskedSystem = async (first: Reply) => {
  let reply = first
  const questions: Question[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    questions.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
    if (reply === 'silence') return
    if (reply === 'hang-up') return void request.socket.destroy()
    if (reply === 'half') {
      response.writeHead(200, { 'content-length': '1000' }).write('{"complete":true,"rec')
      return void setTimeout(() => request.socket.destroy(), 5)
    }
    const { status = 200, body, headers = {}, afterMs = 0 } = reply
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    setTimeout(() => response.writeHead(status, headers).end(text), afterMs)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/questions`,
    questions,
    answer: (next: Reply): void => {
      reply = next
    },
    close: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export type AskedSystem = Awaited<ReturnType<typeof startAskedSystem>>
