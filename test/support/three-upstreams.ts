import { startPartnerProvider } from '#test/upstream/oidc/partner-provider.ts'
import { importLines } from './import-lines.ts'
import { startPias, TEST_CLIENT } from './start-pias.ts'

const WALLET_SECRET = 'a synthetic secret at the partner'

/** A synthetic person who is a customer, and one who is the simulator's Lotte. */
const MILA = {
  name: 'Mila Desmet',
  given_name: 'Mila',
  family_name: 'Desmet',
  birthdate: '1990-05-17',
  email: 'mila.desmet@example.com',
  phone_number: '+32470998877',
  address: { street_address: 'Lindelaan 7', postal_code: '9000', locality: 'Gent', country: 'BE' },
}
const LOTTE = {
  name: 'Lotte Marie Vandenbroucke',
  given_name: 'Lotte Marie',
  family_name: 'Vandenbroucke',
  birthdate: '1988-03-14',
  email: 'lotte.vandenbroucke@example.com',
  phone_number: '+32470123456',
  address: { street_address: 'Zennestraat 32 bus 20', postal_code: '1000', locality: 'BRUSSEL' },
}
const record = (customerId: string, serviceLine: string, invoice: string) => ({
  customerId,
  serviceLine,
  firstName: 'Mila',
  lastName: 'Desmet',
  birthDate: '1990-05-17',
  emails: ['mila.desmet@example.com'],
  phones: ['0470998877'],
  address: { street: 'Lindelaan', number: '7', postalCode: '9000', locality: 'Gent' },
  invoiceReferences: [invoice],
  role: 'holder',
  segment: 'consumer',
  status: 'active',
  createdAt: '2015-01-01',
})
const RECORDS = [record('MOB-777001', 'mobile', 'INV-777001'), record('TV-777002', 'tv', 'INV-777002')]

/** Vouched for first, itsme second. */
export const BOTH = { ...TEST_CLIENT, client_id: 'both-app', pias_upstreams: ['partner', 'itsme'] }
/** Not vouched for first. */
export const WALLET = { ...TEST_CLIENT, client_id: 'wallet-app', pias_upstreams: ['wallet', 'partner'] }

/**
 * PIAS with three upstreams: itsme (the simulator), and twice an independent OpenID provider. `partner` is vouched for
 * and authenticates by key; `wallet` is not vouched for and authenticates by secret.
 * @param clients client files beside those of this file
 */
export const startThreeUpstreams = async (clients: readonly object[] = []) => {
  const partner = await startPartnerProvider({
    mila: { claims: MILA, amr: ['pwd', 'otp'] },
    lotte: { claims: LOTTE },
  })
  const upstream = { kind: 'oidc', issuer: partner.issuer, acr: { absent: 'urn:pias:acr:basic' } }
  const running = await startPias({
    clients: [BOTH, WALLET, ...clients],
    config: {
      upstreams: {
        partner: {
          ...upstream,
          id: 'partner',
          clientId: 'pias-partner',
          authentication: { method: 'private_key_jwt' },
          verified: { identity: true, phone: true },
        },
        wallet: {
          ...upstream,
          id: 'wallet',
          clientId: 'pias-wallet',
          authentication: { method: 'client_secret_basic', secret: WALLET_SECRET },
        },
      },
    },
  })
  partner.register([
    {
      client_id: 'pias-partner',
      redirect_uris: [`${running.issuer}/callback/partner`],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${running.issuer}/upstream/partner/jwks`,
    },
    {
      client_id: 'pias-wallet',
      client_secret: WALLET_SECRET,
      redirect_uris: [`${running.issuer}/callback/wallet`],
    },
  ])
  await importLines(running.pias.store, RECORDS)

  return {
    partner,
    running,
    close: async () => {
      await running.close()
      await partner.close()
    },
  }
}
