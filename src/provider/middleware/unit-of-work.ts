import type { Middleware } from 'koa'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'

/**
 * Makes each request a unit of work. Koa sends nothing before all middleware is done, so what the request wrote is in
 * the store before the first byte of its answer leaves: another node that is asked at once finds the code. If it cannot
 * be written, the answer is dropped, with the code and the cookies in it, and the failure thrown to the error boundary,
 * which has to be outside.
 */
export const createUnitOfWorkMiddleware =
  (unitOfWork: Pick<UnitOfWork, 'run'>): Middleware =>
  async (ctx, next) => {
    try {
      await unitOfWork.run(next)
    } catch (error) {
      ctx.remove('Location')
      ctx.remove('Set-Cookie')
      ctx.body = null
      throw error
    }
  }
