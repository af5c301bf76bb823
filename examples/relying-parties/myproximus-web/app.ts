import { join } from 'node:path'
import { createCodeFlow } from '../shared/code-flow.ts'
import { createProviderConnection } from '../shared/provider-connection.ts'
import type { CreateSample, Look } from '../shared/sample.ts'
import { addWebLogin } from '../shared/web-login.ts'
import { createWebShell } from '../shared/web-shell.ts'
import { toCustomerZone } from './customer-zone.ts'

const LOOK: Look = {
  name: 'MyProximus',
  brand: ['My', 'Proximus'],
  accent: '#5c2d91',
  mark: 'M8 23V10l8 8 8-8v13',
  viewsDir: join(import.meta.dirname, 'views'),
  stylesFile: join(import.meta.dirname, 'assets', 'myproximus.css'),
}

/**
 * MyProximus, the customer zone on the web: a confidential client that proves itself by a key and pushes its requests.
 * It knows its provider by OpenID Connect only.
 */
export const createMyProximus: CreateSample = options => {
  const { issuer, baseUrl, registration, privateJwk, onError } = options
  if (privateJwk === undefined) throw new Error('MyProximus needs its key')
  const shell = createWebShell(LOOK, onError)
  const configure = createProviderConnection({ issuer, clientId: registration.client_id, privateJwk })
  const flow = createCodeFlow({ configure, scope: registration.scope, pushed: true })
  addWebLogin(shell, {
    issuer,
    baseUrl,
    flow,
    cookie: 'myproximus',
    home: (ctx, data) => shell.show(ctx, 'home', data),
    signedIn: (ctx, login) => {
      const zone = toCustomerZone(login)
      return shell.show(ctx, 'zone', { person: zone.name, zone })
    },
  })
  return shell.app
}
