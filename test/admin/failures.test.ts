import Koa, { type Middleware } from 'koa'
import { answerFailures } from '#src/admin/api/failures.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { requestId } from '#src/http/request-id.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { listen } from '#src/operations/listen.ts'

/** What the admin plane says where nothing else answers: each failure as what it is. */
const serve = async (last: Middleware, host?: string) => {
  const logged: object[] = []
  const note = (fields: object) => logged.push(fields)
  const logger = { debug: note, info: note, warn: note, error: note }
  const app = new Koa()
  app.use(requestId)
  app.use(answerFailures(logger))
  app.use((ctx, next) => hostCheck(host ?? `http://${ctx.host}`)(ctx, next))
  app.use(last)
  const handle = app.callback()
  const server = await listen((request, response) => void handle(request, response), { port: 0, loopback: true })
  try {
    const answer = await fetch(`http://localhost:${server.port}/api/me`)
    return { answer, problem: (await answer.json()) as Record<string, unknown>, logged }
  } finally {
    await server.close(0)
  }
}

const fail =
  (error: Error): Middleware =>
  async () => {
    throw error
  }

test.each([
  ['a mistake of ours', new Error('secret words'), 500, 'server.failed'],
  ['a store that is away', new PiasError('store.unavailable', 'secret words'), 503, 'store.unavailable'],
  ['an input that got too far', new PiasError('request.invalid', 'secret words'), 500, 'request.invalid'],
])('%s is told as such, logged, and nothing of its words told', async (_name, error, status, code) => {
  const { answer, problem, logged } = await serve(fail(error))
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toMatch('application/problem+json')
  expect(problem).toEqual({
    type: 'about:blank',
    status,
    code,
    title: expect.any(String),
    reference: expect.any(String),
  })
  expect(JSON.stringify(problem)).not.toContain('secret')
  expect(logged).toEqual([expect.objectContaining({ event: 'admin_failed', code, reference: problem.reference })])
})

test('another host than ours is told so, and is no failure', async () => {
  const { answer, problem, logged } = await serve(fail(new Error('never reached')), 'http://admin.example')
  expect([answer.status, problem.code, logged]).toEqual([421, 'request.host_unknown', []])
})
