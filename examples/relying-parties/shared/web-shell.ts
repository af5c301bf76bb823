import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Router from '@koa/router'
import ejs from 'ejs'
import Koa, { type Context } from 'koa'
import { type Failure, NOT_FOUND, toFailure } from './failures.ts'
import type { Look } from './sample.ts'

const SHARED_VIEWS = join(import.meta.dirname, 'views')
const BASE_STYLES = readFileSync(join(import.meta.dirname, 'assets', 'base.css'))

const POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
const SCRIPT_POLICY = "; script-src 'self'; connect-src 'self'"

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

/** A query parameter that was sent once. */
export const queryText = (ctx: Context, name: string): string | undefined => {
  const value = ctx.query[name]
  return typeof value === 'string' ? value : undefined
}

/** 303, so that a form's POST becomes a GET. */
export const redirect = (ctx: Context, to: string): void => {
  ctx.status = 303
  ctx.redirect(to)
}

/**
 * What the web pages of every sample have in common: headers, style sheets, templates, `/healthz`, and a page for
 * whatever fails. The app adds its routes to `router`.
 */
export const createWebShell = (look: Look, onError?: (error: unknown) => void) => {
  const app = new Koa()
  const router = new Router()
  const styles: Readonly<Record<string, Buffer>> = { base: BASE_STYLES, app: readFileSync(look.stylesFile) }

  const script = look.scriptFile === undefined ? undefined : readFileSync(look.scriptFile)

  /** Templates are the app's own, or shared ones; all see `look` and `person`, the name of who is logged in. */
  const show = async (ctx: Context, template: string, data: object): Promise<void> => {
    ctx.type = 'html'
    const options = { cache: true, rmWhitespace: true, views: [SHARED_VIEWS] }
    const dir = template === 'failure' ? SHARED_VIEWS : look.viewsDir
    ctx.body = await ejs.renderFile(join(dir, `${template}.ejs`), { person: undefined, ...data, look }, options)
  }

  const showFailure = async (ctx: Context, failure: Failure): Promise<void> => {
    ctx.status = failure.status
    if (failure.status === 503) ctx.set('Retry-After', '3')
    await show(ctx, 'failure', { failure })
  }

  app.use(async (ctx, next) => {
    ctx.set({ ...HEADERS, 'Content-Security-Policy': script === undefined ? POLICY : POLICY + SCRIPT_POLICY })
    try {
      await next()
    } catch (error) {
      const failure = toFailure(error)
      if (failure.status >= 500) onError?.(error)
      await showFailure(ctx, failure)
    }
    if (ctx.status === 404 && ctx.body == null) await showFailure(ctx, NOT_FOUND)
  })

  router.get('/healthz', ctx => {
    ctx.body = { status: 'ok' }
  })

  router.get('/assets/:name.css', ctx => {
    const sheet = styles[ctx.params.name ?? '']
    if (sheet === undefined) return
    ctx.type = 'css'
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = sheet
  })

  router.get('/assets/app.js', ctx => {
    if (script === undefined) return
    ctx.type = 'js'
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = script
  })

  app.use(router.routes())
  return { app, router, show, showFailure }
}

export type WebShell = ReturnType<typeof createWebShell>
