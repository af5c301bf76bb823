import { join } from 'node:path'
import { createByBrowser } from '../shared/by-browser.ts'
import { firstNameOf, readCustomerAccounts } from '../shared/customer-accounts.ts'
import { toDeveloperView } from '../shared/logged-in.ts'
import { createProviderConnection } from '../shared/provider-connection.ts'
import type { CreateSample, Look } from '../shared/sample.ts'
import { createWebShell, redirect } from '../shared/web-shell.ts'
import { createTv, type Screen } from './tv.ts'

const LOOK: Look = {
  name: 'Pickx',
  brand: ['Pick', 'x'],
  accent: '#b0004f',
  mark: 'M11 8.5v15l12-7.5z',
  viewsDir: join(import.meta.dirname, 'views'),
  stylesFile: join(import.meta.dirname, 'assets', 'pickx.css'),
  scriptFile: join(import.meta.dirname, 'assets', 'pickx.js'),
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
  const tvOf = createByBrowser({
    cookie: 'pickx',
    secure: baseUrl.startsWith('https:'),
    create: () =>
      createTv({
        configure,
        scope: registration.scope,
        name: 'Pickx on the living-room TV',
        ...(onError === undefined ? {} : { onError }),
      }),
    end: tv => tv.stop(),
  })

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
