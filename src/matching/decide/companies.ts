import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { fold } from '#src/matching/normalise/fold.ts'
import type { MatchCandidate } from './facts.ts'

/** Mailboxes of an office, not of a person. */
const OFFICE =
  /^(?:info|contact|office|admin|administratie|administration|sales|verkoop|boekhouding|compta|comptabilite|facturatie|facturation|secretariaat|secretariat|onthaal|accueil)@/

/** Legal forms of Belgian companies, where a name should be; those that are surnames as well ("Sá") are left out. */
const LEGAL_FORM =
  /(?:^|[\s,(])(?:e?bvba|b\.?v\.?b\.?a\.?|cvba|bv|nv|vzw|vof|gcv|sprlu?|s\.?p\.?r\.?l\.?|srl|asbl|scrl|snc)(?=[\s,).]|$)/

const isOnCompanyTerms = ({ segment, companyName, role }: CustomerRecord): boolean =>
  segment === 'business' || companyName !== undefined || role === 'administrator'

/**
 * Whether a record is a company's: it takes a mandate to act for one, and somebody's name on its record is that of a
 * contact. Where a system lost the segment, an office's mailbox that is not the person's own, or a legal form in the
 * name, still tells. One with many holders does too: it may be a dealer's, but also that of a company with several contacts.
 */
export const isCompanys = ({ record, person }: MatchCandidate, { email }: Comparison): boolean =>
  isOnCompanyTerms(record) ||
  (email !== 'exact' && person.emails.some(address => OFFICE.test(address))) ||
  LEGAL_FORM.test(fold(`${record.firstName ?? ''} ${record.lastName ?? ''}`))
