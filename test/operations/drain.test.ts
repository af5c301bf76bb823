import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { listen } from '#src/operations/listen.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { startPias } from '#test/support/start-pias.ts'

test('a node that drains says that it is not ready, still serves, and gives up each connection', async () => {
  const running = await startPias()
  try {
    const browser = createHttpBrowser()
    const ask = async (path: string) => {
      const { status, headers } = await browser.get(`${running.issuer}${path}`)
      return [status, headers.connection]
    }
    expect([await ask('/readyz'), await ask('/jwks')]).toEqual([
      [200, 'keep-alive'],
      [200, 'keep-alive'],
    ])
    running.pias.drain()
    expect([await ask('/readyz'), await ask('/livez'), await ask('/jwks')]).toEqual([
      [503, 'close'],
      [200, 'close'],
      [200, 'close'],
    ])
  } finally {
    await running.close()
  }
})

/** A server whose requests end when the test says so. */
const startHanging = async () => {
  const waiting: (() => void)[] = []
  const server = await listen((_request, response) => void waiting.push(() => response.end('done')), {
    port: 0,
    loopback: true,
  })
  const agent = new Agent({ keepAlive: true })
  const ask = async () => {
    const [answer] = (await once(get({ host: '127.0.0.1', port: server.port, agent }), 'response')) as [IncomingMessage]
    return (await answer.toArray()).join('')
  }
  const begun = async (): Promise<() => void> => {
    while (waiting.length === 0) await new Promise(resolve => setImmediate(resolve))
    return waiting.shift() as () => void
  }
  return { server, agent, ask, begun }
}

test('closing lets a running request end, though its connection would be kept, and takes no new one', async () => {
  const { server, agent, ask, begun } = await startHanging()
  const answer = ask()
  const end = await begun()
  const closed = server.close(60_000)
  await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow()
  end()
  expect(await answer).toBe('done')
  await closed
  agent.destroy()
})

test('closing cuts off what does not end in time', async () => {
  const { server, agent, ask, begun } = await startHanging()
  const answer = ask()
  const failed = expect(answer).rejects.toThrow()
  await begun()
  await server.close(50)
  await failed
  agent.destroy()
})
