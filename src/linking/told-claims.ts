import { type AccountClaims, type ClaimName, type IdentityClaims, SOURCED_CLAIMS } from '#src/kernel/identity.ts'

/** The claims that an account has of the upstream alone, as it told them last: what a person typed has no part in a decision. */
export const toldBy = ({ verifiedBy, sources = {}, ...claims }: AccountClaims): IdentityClaims => {
  const typed = SOURCED_CLAIMS.filter(
    name => verifiedBy !== undefined && (sources[name]?.by ?? verifiedBy) !== verifiedBy,
  )
  const isTyped = (name: string): boolean => typed.includes(name as ClaimName)
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !isTyped(name)))
}
