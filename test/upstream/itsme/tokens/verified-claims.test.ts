import { checkIdToken, checkUserinfo } from '#src/upstream/itsme/tokens/verified-claims.ts'

const CONFIG = { clientId: 'P', clockToleranceSeconds: 10 }
const NOW = 1_795_300_000
const ID_TOKEN = { sub: 'k3v9q2m7x1c8b5n4z6w0r2t9y7u1i3o5p8as', aud: 'P', iat: NOW }
const USERINFO = { iss: 'https://idp.e2e.itsme.services/v2', ...ID_TOKEN }

const codeOf = (check: () => void): string | undefined => {
  try {
    check()
  } catch (error) {
    return (error as { code: string }).code
  }
  return undefined
}

describe('checkIdToken', () => {
  test.each([{}, { aud: ['P'] }, { iat: NOW + 10 }])('lets %j pass', change => {
    expect(codeOf(() => checkIdToken(CONFIG, { ...ID_TOKEN, ...change }, NOW))).toBeUndefined()
  })

  test.each([
    { aud: 'Q' },
    { aud: [] },
    { aud: ['P', 'Q'] },
    { iat: NOW + 11 },
    { sub: '' },
    { sub: 'a b' },
    { sub: 'x'.repeat(256) },
  ])('refuses %j', change => {
    expect(codeOf(() => checkIdToken(CONFIG, { ...ID_TOKEN, ...change }, NOW))).toBe('upstream.invalid_response')
  })
})

describe('checkUserinfo', () => {
  test.each([{}, { aud: ['P'] }, { iat: NOW + 10 }, { iat: undefined }])('lets %j pass', change => {
    expect(codeOf(() => checkUserinfo(CONFIG, { ...USERINFO, ...change }, NOW))).toBeUndefined()
  })

  test.each([
    { iss: undefined },
    { aud: undefined },
    { aud: 'Q' },
    { aud: ['P', 'Q'] },
    { iat: NOW + 11 },
    { iat: 'now' },
  ])('refuses %j', change => {
    expect(codeOf(() => checkUserinfo(CONFIG, { ...USERINFO, ...change }, NOW))).toBe('upstream.invalid_response')
  })
})
