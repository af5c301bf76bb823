import { join } from 'node:path'
import { createByBrowser } from '../shared/by-browser.ts'
import { firstNameOf, readCustomerAccounts } from '../shared/customer-accounts.ts'
import { toDeveloperView } from '../shared/logged-in.ts'
import { createProviderConnection } from '../shared/provider-connection.ts'
import type { CreateSample, Look } from '../shared/sample.ts'
import { createWebShell, redirect } from '../shared/web-shell.ts'
import { createPhone, type Phone } from './phone.ts'

const LOOK: Look = {
  name: 'Proximus+',
  brand: ['Proximus', '+'],
  accent: '#a8320a',
  mark: 'M16 9v14M9 16h14',
  viewsDir: join(import.meta.dirname, 'views'),
  stylesFile: join(import.meta.dirname, 'assets', 'proximus-plus.css'),
}

const toView = (phone: Phone) => {
  const { login, renewals, sameRefreshToken } = phone.state()
  if (login === undefined) return { login: undefined }
  const accounts = readCustomerAccounts(login.claims.customer_accounts)
  return {
    login,
    firstName: firstNameOf(login.claims),
    numbers: accounts.filter(({ service_line: line }) => line === 'mobile').map(account => account.customer_id),
    others: accounts.filter(({ service_line: line }) => line !== 'mobile').length,
    thumbprint: phone.thumbprint,
    tokenType: login.tokens.tokenType,
    renewals,
    sameRefreshToken,
    developers: toDeveloperView(login),
  }
}

/**
 * Proximus+, an app on a phone: a native public client whose tokens are bound to a key of the phone. The page plays the
 * phone's screen; a browser has a phone of its own.
 */
export const createProximusPlus: CreateSample = ({ issuer, baseUrl, registration, onError }) => {
  const shell = createWebShell(LOOK, onError)
  const configure = createProviderConnection({ issuer, clientId: registration.client_id })
  const homeUrl = new URL('/', baseUrl).href
  const phoneOf = createByBrowser({
    cookie: 'proximus-plus',
    secure: baseUrl.startsWith('https:'),
    create: () => createPhone({ configure, scope: registration.scope, homeUrl }),
  })

  shell.router.get('/', async ctx => {
    const phone = await phoneOf(ctx)
    const error = phone.takeError()
    if (error !== undefined) throw error
    await shell.show(ctx, 'phone', { ...toView(phone), loggedOut: ctx.query.state === 'logged-out' })
  })

  shell.router.get('/login', async ctx => redirect(ctx, (await (await phoneOf(ctx)).logIn()).href))

  shell.router.post('/renew', async ctx => {
    await (await phoneOf(ctx)).renew()
    redirect(ctx, '/')
  })

  shell.router.post('/logout', async ctx => redirect(ctx, await (await phoneOf(ctx)).logOut()))

  return shell.app
}
