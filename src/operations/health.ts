import type { Middleware } from 'koa'

/**
 * `GET /livez`: the process answers. `GET /readyz`: its store does too; an upstream that is down must not drain the
 * nodes, so it is not asked. Any host may ask: a balancer does so by address.
 * @param ready rejects when the node cannot serve
 */
export const health =
  (ready: () => Promise<void>): Middleware =>
  async (ctx, next) => {
    if (ctx.method !== 'GET' || (ctx.path !== '/livez' && ctx.path !== '/readyz')) return next()
    ctx.set('Cache-Control', 'no-store')
    const ok =
      ctx.path === '/livez' ||
      (await ready().then(
        () => true,
        () => false,
      ))
    ctx.status = ok ? 200 : 503
    ctx.body = { status: ok ? 'ok' : 'unavailable' }
  }
