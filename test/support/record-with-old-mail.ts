/** A mailbox that itsme does not know. */
export const OLD_MAIL = 'an.old@example.net'

/** A synthetic record of An Willems (`confirm`), of whom PIAS is not certain: itsme knows neither its mailbox nor its mobile. */
export const RECORD_WITH_OLD_MAIL = {
  customerId: 'MOB-800001',
  serviceLine: 'mobile',
  firstName: 'An',
  lastName: 'Willems',
  birthDate: '1983-04-26',
  emails: [OLD_MAIL],
  phones: ['0475 90 80 70'],
  role: 'user',
  invoiceReferences: ['INV-8'],
  address: { street: 'Dorp', number: '1', postalCode: '2000', locality: 'Antwerpen', country: 'BE' },
}
