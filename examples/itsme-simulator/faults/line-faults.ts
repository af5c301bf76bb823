import { setTimeout as sleep } from 'node:timers/promises'
import type { Middleware } from 'koa'
import { type Endpoint, type Faults, LINE_FAULTS } from './faults.ts'

const ENDPOINT_BY_PATH: Readonly<Record<string, Endpoint>> = {
  '/v2/.well-known/openid-configuration': 'discovery',
  '/v2/jwkSet': 'jwkSet',
  '/v2/authorization': 'authorization',
  '/v2/token': 'token',
  '/v2/userinfo': 'userinfo',
}

/** Lets the line fail as asked: the request is then not looked at, except after a `slow`. */
export const createLineFaults =
  (faults: Faults): Middleware =>
  async (ctx, next) => {
    const endpoint = ENDPOINT_BY_PATH[ctx.path]
    const fault = endpoint === undefined ? undefined : faults.take(endpoint, LINE_FAULTS)
    switch (fault?.kind) {
      case 'error':
        ctx.status = 503
        ctx.body = { error: 'temporary_unavailable' }
        return
      case 'drop':
        ctx.respond = false
        ctx.req.socket.destroy()
        return
      case 'timeout':
        // Never answered; ends when the caller gives up or the simulator closes.
        ctx.respond = false
        return
      case 'slow':
        await sleep(fault.delayMs)
        return next()
      default:
        return next()
    }
  }
