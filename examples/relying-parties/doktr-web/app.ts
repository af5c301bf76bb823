import { join } from 'node:path'
import { createCodeFlow } from '../shared/code-flow.ts'
import { firstNameOf } from '../shared/customer-accounts.ts'
import { type LoggedIn, toDeveloperView } from '../shared/logged-in.ts'
import { createProviderConnection } from '../shared/provider-connection.ts'
import type { CreateSample, Look } from '../shared/sample.ts'
import { addWebLogin } from '../shared/web-login.ts'
import { createWebShell } from '../shared/web-shell.ts'

const LOOK: Look = {
  name: 'Doktr',
  brand: ['Dok', 'tr'],
  accent: '#0b6b70',
  mark: 'M16 8v16M8 16h16',
  viewsDir: join(import.meta.dirname, 'views'),
  stylesFile: join(import.meta.dirname, 'assets', 'doktr.css'),
}

/** The API of consultations (`api.json`). */
const CONSULTATIONS = 'https://consultations.doktr.example'

const toView = (login: LoggedIn) => ({
  person: String(login.claims.name ?? 'patient'),
  firstName: firstNameOf(login.claims),
  subject: login.idTokenClaims.sub,
  mayConsult: login.apiScope?.split(' ').includes('health:consultations') === true,
  level: String(login.idTokenClaims.acr ?? 'unknown'),
  developers: toDeveloperView(login),
})

/**
 * Doktr, an app for health: it knows people by subjects of its own (pairwise), takes nobody in without a strong login
 * made for this very app, and asks for health data by a scope that its person has to agree to.
 */
export const createDoktr: CreateSample = ({ issuer, baseUrl, registration, privateJwk, onError }) => {
  if (privateJwk === undefined) throw new Error('Doktr needs its key')
  const shell = createWebShell(LOOK, onError)
  const configure = createProviderConnection({ issuer, clientId: registration.client_id, privateJwk })
  const flow = createCodeFlow({ configure, scope: registration.scope, pushed: true })
  addWebLogin(shell, {
    issuer,
    baseUrl,
    flow,
    cookie: 'doktr',
    parameters: { resource: CONSULTATIONS },
    home: (ctx, data) => shell.show(ctx, 'home', data),
    // The first token is for userinfo; one for the API comes by the refresh token, and holds what was agreed to.
    complete: async login => ({
      ...login,
      apiScope: (await flow.refresh(login, { resource: CONSULTATIONS })).scope ?? '',
    }),
    signedIn: (ctx, login) => shell.show(ctx, 'practice', toView(login)),
  })
  return shell.app
}
