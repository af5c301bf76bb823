import { once } from 'node:events'
import { Agent, type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const CHECK_EVERY_MS = 50
/** What a client sees when a node closes a connection, or does not listen (any more). */
const CLOSED = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE'])

/** A balancer for nodes on loopback, as small as one can be: what a rolling restart must go unnoticed by. */
export type Balancer = {
  /** The node that the next requests go to, by its place; without one, each request goes to the next node in turn. */
  pin(node: number | undefined): void
  /** How often a request was sent again because a connection was closed before any answer. */
  readonly retries: () => number
  /** How many answers came from each node. */
  readonly answers: () => readonly number[]
  close(): Promise<void>
}

const readAll = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * Starts a balancer. It asks each node whether it is ready, passes requests on to those that are, and sends one again,
 * to another node, only when the connection was closed before any answer.
 * @param options.nodes the ports of the nodes
 */
export const startBalancer = async (options: { port: number; nodes: readonly number[] }): Promise<Balancer> => {
  const { port, nodes } = options
  const agent = new Agent({ keepAlive: true })
  const ready = nodes.map(() => false)
  const answers = nodes.map(() => 0)
  let pinned: number | undefined
  let turn = 0
  let retries = 0
  let closed = false

  const answerOf = (sent: ClientRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => sent.on('response', resolve).on('error', reject))

  const check = async (node: number): Promise<void> => {
    while (!closed) {
      const asked = request({ host: '127.0.0.1', port: nodes[node], path: '/readyz', agent: false }).end()
      const answer = await answerOf(asked).catch(() => undefined)
      answer?.resume()
      ready[node] = answer?.statusCode === 200
      await sleep(CHECK_EVERY_MS)
    }
  }

  const choose = async (): Promise<number> => {
    while (!closed) {
      for (let tries = 0; tries < nodes.length; tries++) {
        const node = pinned ?? turn++ % nodes.length
        if (ready[node]) return node
      }
      await sleep(CHECK_EVERY_MS)
    }
    throw new Error('the balancer is closed')
  }

  const passOn = async (incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> => {
    for (;;) {
      const node = await choose()
      const { method, url, headers } = incoming
      const sent = request({ host: '127.0.0.1', port: nodes[node], method, path: url, headers, agent })
      try {
        const answer = await answerOf(sent.end(body))
        answers[node] = (answers[node] ?? 0) + 1
        return answer
      } catch (error) {
        if (!CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) throw error
        retries++
      }
    }
  }

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      const answer = await passOn(incoming, await readAll(incoming))
      const { connection: _hop, ...headers } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, headers)
      answer.pipe(outgoing)
      await once(answer, 'end')
    } catch {
      outgoing.destroy()
    }
  }

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const checks = nodes.map((_, node) => check(node))
  return {
    pin: node => {
      pinned = node
    },
    retries: () => retries,
    answers: () => answers,
    close: async () => {
      closed = true
      await Promise.all(checks)
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}
