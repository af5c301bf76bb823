import type { Middleware } from 'koa'

/** Lets no request go by clients that are older than a second: others may have changed them at another node. */
export const freshClients =
  (clients: { refresh(): Promise<void> }): Middleware =>
  async (_ctx, next) => {
    await clients.refresh()
    await next()
  }
