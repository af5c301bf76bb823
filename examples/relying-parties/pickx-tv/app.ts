import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Context } from 'koa'
import { firstNameOf, readCustomerAccounts } from '../shared/customer-accounts.ts'
import { toDeveloperView } from '../shared/logged-in.ts'
import { createProviderConnection } from '../shared/provider-connection.ts'
import type { CreateSample, Look } from '../shared/sample.ts'
import { createWebShell, redirect } from '../shared/web-shell.ts'
import { createTv, type Screen, type Tv } from './tv.ts'

const LOOK: Look = {
  name: 'Pickx',
  brand: ['Pick', 'x'],
  accent: '#b0004f',
  mark: 'M11 8.5v15l12-7.5z',
  viewsDir: join(import.meta.dirname, 'views'),
  stylesFile: join(import.meta.dirname, 'assets', 'pickx.css'),
  scriptFile: join(import.meta.dirname, 'assets', 'pickx.js'),
}

/** The oldest TVs are switched off, so that nobody can fill the memory of a sample. */
const MAX_TVS = 500

/** One TV for each browser. */
const createLivingRooms = (secure: boolean, createOne: () => Tv) => {
  const tvs = new Map<string, Tv>()
  const name = secure ? '__Host-pickx' : 'pickx'
  return (ctx: Context): Tv => {
    const known = tvs.get(ctx.cookies.get(name) ?? '')
    if (known !== undefined) return known
    const id = randomBytes(32).toString('base64url')
    const tv = createOne()
    tvs.set(id, tv)
    const [oldest] = tvs.keys()
    if (tvs.size > MAX_TVS && oldest !== undefined) {
      tvs.get(oldest)?.stop()
      tvs.delete(oldest)
    }
    ctx.cookies.set(name, id, { httpOnly: true, sameSite: 'lax', secure, path: '/' })
    return tv
  }
}

/** Changes whenever the screen does. */
const stampOf = (screen: Screen): string => (screen.kind === 'code' ? `code ${screen.code}` : screen.kind)

const toView = (screen: Screen) => {
  if (screen.kind !== 'signed-in') return { screen, stamp: stampOf(screen) }
  const { claims } = screen.login
  const accounts = readCustomerAccounts(claims.customer_accounts)
  return {
    screen,
    stamp: stampOf(screen),
    firstName: firstNameOf(claims),
    subscriptions: accounts.filter(({ service_line: line }) => line === 'tv').map(account => account.customer_id),
    developers: toDeveloperView(screen.login),
  }
}

/**
 * Pickx, an app on a TV: a public client without a browser, which logs in by the device grant. The page plays the TV;
 * a browser has a TV of its own.
 */
export const createPickx: CreateSample = ({ issuer, baseUrl, registration, onError }) => {
  const shell = createWebShell(LOOK, onError)
  const configure = createProviderConnection({ issuer, clientId: registration.client_id })
  const tvOf = createLivingRooms(baseUrl.startsWith('https:'), () =>
    createTv({
      configure,
      scope: registration.scope,
      name: 'Pickx on the living-room TV',
      ...(onError === undefined ? {} : { onError }),
    }),
  )

  shell.router.get('/', ctx => shell.show(ctx, 'tv', toView(tvOf(ctx).screen())))

  shell.router.get('/screen', ctx => {
    ctx.body = stampOf(tvOf(ctx).screen())
  })

  shell.router.post('/login', async ctx => {
    await tvOf(ctx).logIn()
    redirect(ctx, '/')
  })

  shell.router.post('/logout', async ctx => {
    await tvOf(ctx).logOut()
    redirect(ctx, '/')
  })

  return shell.app
}
