import { readHash } from '#src/accounts/credentials/hashes/read-hash.ts'

/** A synthetic password, and its hashes as argon2-cffi 25.1, bcrypt 4.0 and passlib 1.7.4 (Python) wrote them. */
const PASSWORD = 'Zoë’s synthetic password'
const ARGON2ID = '$argon2id$v=19$m=1024,t=2,p=2$AYCwVkqpVcoZI6SUMoYw5g$l5xNKhSXf41nQ2zozlaZh3JxvE6mAZ2/vDFdppZhRzE'
const SCRYPT = '$scrypt$ln=10,r=8,p=1$FCIEYCylFGIM4RyjFCJEqA$O/OEwsXQ4LjaUJ7nkdrjBcF8U5vEAZTVWDmifTwm/ZA'
const PBKDF2 = '$pbkdf2-sha256$1000$JsTYm/O.N.b8n7M2xrh3zg$eRo/LAZ4MPNuMHBx0cd7VTrYTPlTsspDbcgEjkPlR0w'
const BCRYPT = '$2b$05$btgY9b5ED9Hqrg1EEhrqWu2aTmzU2fkwUQn1qcdrNj9R.E6cIg/aW'
const SHA512 =
  '$pbkdf2-sha512$1000$g5DynrNWSqm1du7937v3vg$Lbl5Wc9RNmLWxp6rgJx0smp0Y7PR3stgIE2flsU.u0eYq.5DHES33OUWdBCuaP2ONzn9SVcRFzG8/SIOrabyLg'
const HASHES = [
  ARGON2ID,
  BCRYPT,
  '$2a$04$IYtADJhd9slfLsiCz1xT1u/PONjCLV.j4pF8/RzeANQQCOQQsQqeW',
  SCRYPT,
  PBKDF2,
  PBKDF2.replace('$1000$', '$i=1000$').replaceAll('.', '+'),
  SHA512,
  '$pbkdf2$1000$0do7B8DYOydkTMn5/x.DcA$Sz5JhXCT6QQblnFddkCwA3yFlRA',
  'pbkdf2_sha256$1000$RAgK6r6iuKAd$3VPagjO3Aiyk9jxBtUve/7Q8KapoB83M/RJDBGRF0VQ=',
]

const read = (text: string) => {
  const hash = readHash(text)
  if ('fault' in hash) throw new Error(hash.fault)
  return hash
}

describe('hashes of passwords', () => {
  test.each(HASHES)('%s fits its password and no other', async text => {
    const { verify } = read(text)
    expect(await verify(PASSWORD)).toBe(true)
    expect(await verify(`${PASSWORD} `)).toBe(false)
    expect(await verify('')).toBe(false)
  })

  test.each(HASHES)('a dummy for %s costs the same and fits nothing', async text => {
    const { cost, dummy } = read(text)
    const other = read(dummy())
    expect(other.cost).toBe(cost)
    expect(await other.verify(PASSWORD)).toBe(false)
    expect(dummy()).not.toBe(dummy())
  })

  test('one that would take too long or too much memory is not computed', () => {
    const costly = [
      ARGON2ID.replace('m=1024', 'm=9999999'),
      ARGON2ID.replace('t=2', 't=99'),
      ARGON2ID.replace('p=2', 'p=99'),
      ARGON2ID.replace('m=1024,t=2,p=2', 'm=8,t=1,p=2'),
      BCRYPT.replace('$05$', '$31$'),
      SCRYPT.replace('ln=10', 'ln=30'),
      SCRYPT.replace('ln=10,r=8', 'ln=18,r=16'),
      PBKDF2.replace('$1000$', '$999999999$'),
      PBKDF2.replace('$1000$', '$0$'),
    ]
    for (const text of costly) expect(readHash(text)).toEqual({ fault: 'has parameters outside of what is verified' })
  })

  test('what is no hash, or one too short, is told without repeating it', () => {
    const malformed = [
      '',
      'password',
      '5f4dcc3b5aa765d61d8327deb882cf99',
      '$1$salt$hash',
      ARGON2ID.replace('argon2id', 'argon2i'),
      ARGON2ID.slice(0, -30),
      ARGON2ID.replace('AYCwVkqpVcoZI6SUMoYw5g', 'AYCw'),
      BCRYPT.slice(0, -1),
      BCRYPT.replace('$2b$', '$2x$'),
      `${SCRYPT}*`,
      SCRYPT.replace('ln=10', 'n=10'),
      'pbkdf2_md5$1000$RAgK6r6iuKAd$3VPagjO3Aiyk9jxBtUve/7Q8KapoB83M/RJDBGRF0VQ=',
      'pbkdf2_sha256$1000$RA$3VPagjO3Aiyk9jxBtUve/7Q8KapoB83M/RJDBGRF0VQ=',
    ]
    for (const text of malformed) expect(readHash(text)).toEqual({ fault: 'is not a hash in a form that is known' })
  })
})
