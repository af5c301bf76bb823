import type { CustomerRecord, ServiceLine } from '#src/kernel/customer.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'

/** A synthetic person as itsme would describe her. */
export const LOTTE: IdentityClaims = {
  givenName: 'Lotte Marie A',
  familyName: 'Van den Broeck',
  birthdate: '1988-03-14',
  email: 'lotte.vdb@example.com',
  phoneNumber: '+32 470123456',
  phoneVerified: true,
  address: { streetAddress: 'Kerkstraat 32 bus 20', postalCode: '9000', locality: 'GENT' },
}

/** Somebody in the same house whose records are none of hers. */
export const TOM: IdentityClaims = {
  ...LOTTE,
  givenName: 'Tom',
  familyName: 'Peeters',
  birthdate: '1986-02-01',
  email: 'tom@example.net',
  phoneNumber: '+32 498765432',
}

/** A tidy record of Lotte's in one service line. */
export const lotteIn = (serviceLine: ServiceLine, changes: Partial<CustomerRecord> = {}): CustomerRecord => ({
  serviceLine,
  customerId: `L-${serviceLine}`,
  firstName: 'Lotte',
  lastName: 'Vandenbroeck',
  birthDate: '1988-03-14',
  emails: ['lotte.vdb@example.com'],
  phones: ['0470/12.34.56'],
  address: { street: 'Kerkstr.', number: '32', box: '20', postalCode: '9000', locality: 'Gent' },
  formerAddresses: [],
  invoiceReferences: [`INV-${serviceLine}/001`, `INV-${serviceLine}/002`],
  role: 'holder',
  ...changes,
})

/** A record of hers that only a proof can claim: no contact, and the birth date missing. */
export const unclear = (serviceLine: ServiceLine, changes: Partial<CustomerRecord> = {}): CustomerRecord => {
  const { birthDate: _, ...rest } = lotteIn(serviceLine, { emails: [], phones: [], ...changes })
  return rest
}
