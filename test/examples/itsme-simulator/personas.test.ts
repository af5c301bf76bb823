import { readFileSync } from 'node:fs'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { type Partner, startPartner } from './partner.ts'

const CLAIM = 'http://itsme.services/v2/claim/'
const personas = loadPersonas()
const personOf = (id: string, now?: number) => {
  const found = loadPersonas(now).find(persona => persona.id === id)
  if (found === undefined) throw new Error(`there is no ${id}`)
  return found.claims
}

const ageAt = (birthdate: string, now: number): number => {
  const [today, born] = [new Date(now).toISOString().slice(0, 10), birthdate]
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0)
}

describe('the personas', () => {
  test('have the claims itsme always gives, each its own phone, and addresses of nobody', () => {
    expect(new Set(personas.map(({ id }) => id)).size).toBe(personas.length)
    const people = personas.filter(({ id }) => id !== 'recreated')
    expect(new Set(people.map(({ claims }) => claims.phone_number)).size).toBe(people.length)
    for (const { claims } of personas) {
      expect(claims).toMatchObject({
        name: expect.any(String),
        family_name: expect.any(String),
        gender: expect.any(String),
        phone_number: expect.stringMatching(/^\+32 4\d{8}$/),
        [`${CLAIM}ongoing_call`]: expect.any(Boolean),
        [`${CLAIM}identification_mode`]: 'QR',
        [`${CLAIM}account`]: { activationDate: expect.any(String), activationMechanism: 'CARD_READER' },
      })
      expect(claims.birthdate ?? claims[`${CLAIM}birthdate_as_string`]).toEqual(expect.any(String))
      expect(String(claims.email ?? 'a@example.com')).toMatch(/@example\.com$/)
    }
  })

  test('are all those that the README names', () => {
    const readme = readFileSync('examples/itsme-simulator/README.md', 'utf8')
    const { 1: section = '' } = /## Who logs in\n([^#]+)/.exec(readme) ?? []
    expect(personas.filter(({ id }) => !section.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([])
  })

  test.each([
    ['an exact match in several service lines', 'lotte'],
    ['a stale address', 'thomas'],
    ['a shared household phone', 'household'],
    ['one twin', 'twin-a'],
    ['the other twin', 'twin-b'],
    ['a senior', 'senior'],
    ['his junior', 'junior'],
    ['no customer', 'nora'],
    ['a business contact', 'business'],
    ['an old password account', 'old-password'],
    ['a re-created account', 'recreated'],
    ['a call in progress', 'ongoing-call'],
  ])('have somebody for %s', (_what, id) => {
    expect(personas.find(persona => persona.id === id)?.note).toEqual(expect.stringMatching(/\w/))
  })

  test('have national numbers of the form, with the check digits, or none', () => {
    const numbers = personas.flatMap(({ claims }) => (claims[`${CLAIM}BENationalNumber`] as string | undefined) ?? [])
    expect(numbers.length).toBeGreaterThan(10)
    for (const number of numbers) {
      const first = number.slice(0, 9)
      const checks = [first, `2${first}`].map(digits => 97 - (Number(digits) % 97))
      expect(checks).toContain(Number(number.slice(9)))
    }
  })

  test.each([
    ['dutch-document', 'address'],
    ['no-email', 'email'],
    ['no-given-name', 'given_name'],
    ['no-birthdate', 'birthdate'],
  ])('%s has no %s', (id, claim) => {
    expect(personOf(id)).not.toHaveProperty(claim)
    expect(personOf('lotte')).toHaveProperty(claim)
  })

  test('bis-number has a month that is raised by 40', () => {
    expect(Number(String(personOf('bis-number')[`${CLAIM}BENationalNumber`]).slice(2, 4))).toBeGreaterThan(40)
  })

  test('the minor is sixteen on any day, with a national number that fits', () => {
    for (const day of ['2026-01-01', '2026-04-10', '2028-02-29', '2028-06-08', '2031-12-31']) {
      const now = Date.parse(`${day}T12:00:00Z`)
      const { birthdate, [`${CLAIM}BENationalNumber`]: number } = personOf('minor', now)
      expect(ageAt(String(birthdate), now)).toBe(16)
      expect(String(number).slice(0, 6)).toBe(String(birthdate).replaceAll('-', '').slice(2))
    }
  })
})

describe('a person', () => {
  let partner: Partner
  beforeAll(async () => {
    partner = await startPartner()
  })
  afterAll(() => partner.close())

  const logIn = async (persona: string) => {
    const claims = JSON.stringify({ id_token: { [`${CLAIM}ongoing_call`]: null } })
    const { body } = await partner.redeem(await partner.approve({ persona, claims }))
    return (await partner.open(body.id_token ?? '')).claims
  }

  test.each([
    ['ongoing-call', true],
    ['lotte', false],
  ])('%s approves while in a call: %p', async (persona, inCall) => {
    expect(await logIn(persona)).toHaveProperty([`${CLAIM}ongoing_call`], inCall)
  })

  test('who makes the account anew is somebody new, and stays so', async () => {
    const before = await logIn('old-password')
    expect((await partner.control('recreate', { persona: 'old-password' })).status).toBe(200)
    const after = await logIn('old-password')
    expect(after.sub).toMatch(/^[a-z0-9]{36}$/)
    expect(after.sub).not.toBe(before.sub)
    expect((await logIn('old-password')).sub).toBe(after.sub)
  })
})
