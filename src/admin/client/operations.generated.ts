// Written by `pias admin client`: what each operation of the admin API takes and answers. Not changed by hand.

export type Json = unknown
export type Problem = { readonly type: string; readonly title: string; readonly status: number; readonly code: string; readonly detail?: string; readonly errors?: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[]; readonly reference?: string }

export type Operations = {
  /** Tells who calls, and with which roles. */
  readonly whoAmI: {
    readonly input: Record<string, never>
    readonly answer: { readonly accountId: string; readonly roles: readonly ('viewer' | 'support' | 'linker' | 'client-owner' | 'security' | 'owner')[] }
  }
  /** Makes the caller an owner, with a code of pias admin bootstrap. */
  readonly bootstrap: {
    readonly input: { readonly body: { readonly code: string }; readonly idempotencyKey?: string }
    readonly answer: undefined
  }
  /** Lists all admins; the ETag is the version of the list. */
  readonly listAdmins: {
    readonly input: Record<string, never>
    readonly answer: { readonly admins: readonly ({ readonly accountId: string; readonly roles: readonly ('viewer' | 'support' | 'linker' | 'client-owner' | 'security' | 'owner')[]; readonly since: number; readonly by: string })[] }
  }
  /** Gives an account these roles; none takes all of them. */
  readonly setRoles: {
    readonly input: { readonly params: { readonly accountId: string }; readonly body: { readonly roles: readonly ('viewer' | 'support' | 'linker' | 'client-owner' | 'security' | 'owner')[]; readonly reason: string }; readonly etag: string }
    readonly answer: { readonly admins: readonly ({ readonly accountId: string; readonly roles: readonly ('viewer' | 'support' | 'linker' | 'client-owner' | 'security' | 'owner')[]; readonly since: number; readonly by: string })[] }
  }
  /** Finds accounts by customer number, account, or subject or reference of a login at an upstream. */
  readonly searchAccounts: {
    readonly input: { readonly body: { readonly customerNumber?: string; readonly account?: string; readonly upstreamSubject?: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly accounts: readonly ({ readonly id: string; readonly createdAt: number; readonly updatedAt: number; readonly blocked: boolean; readonly loginsNotBefore?: number; readonly mergedInto?: string; readonly absorbed: readonly (string)[]; readonly name?: string; readonly identities: readonly ({ readonly issuer: string; readonly client: string; readonly reference: string })[]; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly consents: readonly ({ readonly client: string; readonly scopes: readonly (string)[]; readonly since: number })[] })[] }
  }
  /** Shows an account, masked. */
  readonly showAccount: {
    readonly input: { readonly params: { readonly accountId: string } }
    readonly answer: { readonly id: string; readonly createdAt: number; readonly updatedAt: number; readonly blocked: boolean; readonly loginsNotBefore?: number; readonly mergedInto?: string; readonly absorbed: readonly (string)[]; readonly name?: string; readonly identities: readonly ({ readonly issuer: string; readonly client: string; readonly reference: string })[]; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly consents: readonly ({ readonly client: string; readonly scopes: readonly (string)[]; readonly since: number })[] }
  }
  /** Shows an account with name and numbers, for a reason. */
  readonly revealAccount: {
    readonly input: { readonly params: { readonly accountId: string }; readonly body: { readonly reason: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly createdAt: number; readonly updatedAt: number; readonly blocked: boolean; readonly loginsNotBefore?: number; readonly mergedInto?: string; readonly absorbed: readonly (string)[]; readonly name?: string; readonly identities: readonly ({ readonly issuer: string; readonly client: string; readonly reference: string })[]; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly consents: readonly ({ readonly client: string; readonly scopes: readonly (string)[]; readonly since: number })[] }
  }
  /** Tells what happened to an account, newest first. */
  readonly accountTimeline: {
    readonly input: { readonly params: { readonly accountId: string }; readonly query?: { readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly events: readonly ({ readonly sequence: number; readonly at: number; readonly type: string; readonly accountId?: string; readonly clientId?: string; readonly data: Json })[]; readonly next?: string }
  }
  /** Tells why an account has its records: proof, who, evidence, weights, runner-up, margin, rule version. */
  readonly whyLinked: {
    readonly input: { readonly params: { readonly accountId: string }; readonly query?: { readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly links: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly method: 'match' | 'proof' | 'admin' | 'import'; readonly proof?: 'invoice' | 'contact'; readonly ruleVersion: string; readonly linkedAt: number; readonly acts: readonly ({ readonly id: string; readonly kind: string; readonly at: number; readonly by: string; readonly reason: string; readonly decidedBy?: string; readonly from?: string })[]; readonly evidence?: { readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] }; readonly decision?: number })[]; readonly decisions: readonly ({ readonly event: number; readonly at: number; readonly account?: string; readonly client?: string; readonly outcome: string; readonly ruleVersion: string; readonly errorBudget: number; readonly compared: number; readonly hindrances: readonly (string)[]; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] })[] })[]; readonly next?: string }
  }
  /** Tells why a record was linked to an account, or to nobody. */
  readonly whyRecord: {
    readonly input: { readonly body: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly limit?: number; readonly cursor?: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly owner?: string; readonly link?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly method: 'match' | 'proof' | 'admin' | 'import'; readonly proof?: 'invoice' | 'contact'; readonly ruleVersion: string; readonly linkedAt: number; readonly acts: readonly ({ readonly id: string; readonly kind: string; readonly at: number; readonly by: string; readonly reason: string; readonly decidedBy?: string; readonly from?: string })[]; readonly evidence?: { readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] }; readonly decision?: number }; readonly decisions: readonly ({ readonly event: number; readonly at: number; readonly account?: string; readonly client?: string; readonly outcome: string; readonly ruleVersion: string; readonly errorBudget: number; readonly compared: number; readonly hindrances: readonly (string)[]; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] })[] })[]; readonly next?: string }
  }
  /** Lists what matching would not decide: logins that found records and were left to a proof, newest first. */
  readonly listUndecided: {
    readonly input: { readonly query?: { readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly decisions: readonly ({ readonly event: number; readonly at: number; readonly account?: string; readonly client?: string; readonly outcome: string; readonly ruleVersion: string; readonly errorBudget: number; readonly compared: number; readonly hindrances: readonly (string)[]; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] })[] })[]; readonly next?: string }
  }
  /** Lets nobody in and ends what is there. */
  readonly blockAccount: {
    readonly input: { readonly params: { readonly accountId: string }; readonly body: { readonly reason: string }; readonly idempotencyKey?: string }
    readonly answer: undefined
  }
  /** Lets the person log in again. */
  readonly unblockAccount: {
    readonly input: { readonly params: { readonly accountId: string }; readonly body: { readonly reason: string }; readonly idempotencyKey?: string }
    readonly answer: undefined
  }
  /** Ends all logins, at PIAS and at the apps. */
  readonly endLogins: {
    readonly input: { readonly params: { readonly accountId: string }; readonly body: { readonly reason: string }; readonly idempotencyKey?: string }
    readonly answer: undefined
  }
  /** Finds customer records by name with a date of birth or a postal code, masked, and who has them. */
  readonly searchRecords: {
    readonly input: { readonly body: { readonly givenName: string; readonly familyName: string; readonly birthDate?: string; readonly postalCode?: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly name: string; readonly agrees: { readonly [name: string]: string }; readonly account?: string })[]; readonly complete: boolean }
  }
  /** Takes in customer records as they change, or withdraws them: all of a call, or nothing of it. */
  readonly changeCustomers: {
    readonly input: { readonly body: { readonly lines: readonly ({ readonly customerId: string; readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly deleted: true } | { readonly customerId: string; readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly firstName?: string | number | null; readonly lastName?: string | number | null; readonly birthDate?: string | number | null; readonly emails?: readonly (string | number | null)[] | null; readonly phones?: readonly (string | number | null)[] | null; readonly address?: { readonly street?: string | number | null; readonly number?: string | number | null; readonly box?: string | number | null; readonly postalCode?: string | number | null; readonly locality?: string | number | null; readonly country?: string | number | null } | null; readonly formerAddresses?: readonly ({ readonly street?: string | number | null; readonly number?: string | number | null; readonly box?: string | number | null; readonly postalCode?: string | number | null; readonly locality?: string | number | null; readonly country?: string | number | null } | null)[] | null; readonly nationalNumber?: string | number | null; readonly invoiceReferences?: readonly (string | number | null)[] | null; readonly role?: string | number | null; readonly language?: string | number | null; readonly segment?: string | number | null; readonly status?: string | number | null; readonly companyName?: string | number | null; readonly createdAt?: string | number | null; readonly deleted?: false | null })[] }; readonly idempotencyKey?: string }
    readonly answer: { readonly inserted: number; readonly updated: number; readonly unchanged: number; readonly removed: number; readonly absent: number; readonly superseded: number }
  }
  /** Tells what an act on links would do, and does nothing. */
  readonly previewLinkChange: {
    readonly input: { readonly body: { readonly kind: 'link'; readonly account: string; readonly record: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly role?: 'holder' | 'user' | 'administrator' } | { readonly kind: 'unlink'; readonly record: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string } } | { readonly kind: 'merge'; readonly account: string; readonly into: string; readonly apps?: readonly (string)[] } | { readonly kind: 'split'; readonly account: string; readonly identities: readonly (string)[]; readonly records?: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string })[] } | { readonly kind: 'undo'; readonly change: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly opens: readonly (string)[]; readonly endLogins: readonly (string)[]; readonly endPasskeys: readonly (string)[]; readonly accounts: readonly ({ readonly id: string; readonly createdAt: number; readonly blocked: boolean; readonly mergedInto?: string; readonly name?: string; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly logins: number })[]; readonly mark: string }
  }
  /** Links, unlinks, merges, splits or undoes; a merge is proposed for somebody else to approve. */
  readonly changeLinks: {
    readonly input: { readonly body: { readonly request: { readonly kind: 'link'; readonly account: string; readonly record: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly role?: 'holder' | 'user' | 'administrator' } | { readonly kind: 'unlink'; readonly record: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string } } | { readonly kind: 'merge'; readonly account: string; readonly into: string; readonly apps?: readonly (string)[] } | { readonly kind: 'split'; readonly account: string; readonly identities: readonly (string)[]; readonly records?: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string })[] } | { readonly kind: 'undo'; readonly change: string }; readonly reason: string; readonly seen?: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string }
  }
  /** Lists what waits for somebody to decide on, newest first. */
  readonly listProposedChanges: {
    readonly input: { readonly query?: { readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly changes: readonly ({ readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string })[]; readonly next?: string }
  }
  /** Shows one act, with the accounts that it is about; while it is proposed, with what approving it would do. */
  readonly showLinkChange: {
    readonly input: { readonly params: { readonly changeId: string } }
    readonly answer: { readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string; readonly accounts: readonly ({ readonly id: string; readonly createdAt: number; readonly blocked: boolean; readonly mergedInto?: string; readonly name?: string; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly logins: number })[]; readonly effect?: { readonly endLogins: readonly (string)[]; readonly endPasskeys: readonly (string)[] } }
  }
  /** Does what somebody else proposed. */
  readonly approveLinkChange: {
    readonly input: { readonly params: { readonly changeId: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string }
  }
  /** Forgets what was proposed. */
  readonly withdrawLinkChange: {
    readonly input: { readonly params: { readonly changeId: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string }
  }
  /** Lists the acts on an account, newest first. */
  readonly listLinkChanges: {
    readonly input: { readonly params: { readonly accountId: string }; readonly query?: { readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly changes: readonly ({ readonly id: string; readonly kind: string; readonly state: 'proposed' | 'done' | 'withdrawn'; readonly at: number; readonly by: string; readonly reason: string; readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly decidedBy?: string; readonly decidedAt?: number; readonly undoes?: string; readonly undoneBy?: string })[]; readonly next?: string }
  }
  /** Lists links that people are to look at, the oldest first. */
  readonly listReviews: {
    readonly input: { readonly query?: { readonly limit?: number; readonly cursor?: string; readonly all?: string } }
    readonly answer: { readonly reviews: readonly ({ readonly id: string; readonly kind: 'record-changed' | 'record-withdrawn' | 'owner-conflict' | 'rebind'; readonly accountId: string; readonly raisedAt: number; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly closed?: { readonly at: number; readonly by: string; readonly outcome: 'kept' | 'changed' | 'undecided' } })[]; readonly next?: string }
  }
  /** Shows what a review is about and why it was raised; the ETag goes with a decision. */
  readonly showReview: {
    readonly input: { readonly params: { readonly reviewId: string } }
    readonly answer: { readonly id: string; readonly kind: 'record-changed' | 'record-withdrawn' | 'owner-conflict' | 'rebind'; readonly accountId: string; readonly raisedAt: number; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly closed?: { readonly at: number; readonly by: string; readonly outcome: 'kept' | 'changed' | 'undecided' }; readonly facts: { readonly [name: string]: Json }; readonly evidence?: { readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] }; readonly errorBudget?: number; readonly accounts: readonly ({ readonly id: string; readonly createdAt: number; readonly blocked: boolean; readonly mergedInto?: string; readonly name?: string; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly logins: number })[]; readonly claims: readonly ({ readonly event: number; readonly at: number; readonly account?: string; readonly client?: string; readonly outcome: string; readonly ruleVersion: string; readonly errorBudget: number; readonly compared: number; readonly hindrances: readonly (string)[]; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] })[] })[] }
  }
  /** Closes a review, with an act on links where one is needed: both or neither. */
  readonly decideReview: {
    readonly input: { readonly params: { readonly reviewId: string }; readonly body: { readonly outcome: 'kept' | 'changed' | 'undecided'; readonly reason: string; readonly request?: { readonly kind: 'link'; readonly account: string; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly role?: 'holder' | 'user' | 'administrator' } | { readonly kind: 'unlink'; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string } } | { readonly kind: 'split'; readonly account: string; readonly identities: readonly (string)[]; readonly records?: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string })[] } | { readonly kind: 'undo'; readonly change: string }; readonly seen?: string }; readonly etag: string; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly kind: 'record-changed' | 'record-withdrawn' | 'owner-conflict' | 'rebind'; readonly accountId: string; readonly raisedAt: number; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly closed?: { readonly at: number; readonly by: string; readonly outcome: 'kept' | 'changed' | 'undecided' }; readonly facts: { readonly [name: string]: Json }; readonly evidence?: { readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] }; readonly errorBudget?: number; readonly change?: string }
  }
  /** Tells what an act about a review would do, and does nothing. */
  readonly previewDecision: {
    readonly input: { readonly params: { readonly reviewId: string }; readonly body: { readonly kind: 'link'; readonly account: string; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string }; readonly role?: 'holder' | 'user' | 'administrator' } | { readonly kind: 'unlink'; readonly record?: { readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string } } | { readonly kind: 'split'; readonly account: string; readonly identities: readonly (string)[]; readonly records?: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string })[] } | { readonly kind: 'undo'; readonly change: string }; readonly idempotencyKey?: string }
    readonly answer: { readonly moves: readonly ({ readonly thing: 'record' | 'identity' | 'account'; readonly what: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly from?: string; readonly to?: string })[]; readonly opens: readonly (string)[]; readonly endLogins: readonly (string)[]; readonly endPasskeys: readonly (string)[]; readonly accounts: readonly ({ readonly id: string; readonly createdAt: number; readonly blocked: boolean; readonly mergedInto?: string; readonly name?: string; readonly records: readonly ({ readonly serviceLine: 'mobile' | 'internet' | 'tv' | 'landline'; readonly customerId: string; readonly role?: 'holder' | 'user' | 'administrator'; readonly method: string; readonly ruleVersion: string; readonly linkedAt: number; readonly part?: string })[]; readonly logins: number })[]; readonly mark: string }
  }
  /** Shows which model and error budget decide, and those that could; the ETag goes with a change. */
  readonly showRules: {
    readonly input: Record<string, never>
    readonly answer: { readonly inForce: { readonly version: string; readonly errorBudget: number }; readonly versions: readonly ({ readonly version: string; readonly trainedAt?: number })[]; readonly activations: readonly ({ readonly version: string; readonly at: number; readonly errorBudget?: number })[]; readonly history: readonly ({ readonly at: number; readonly act: 'activated' | 'rolled back'; readonly version: string; readonly errorBudget?: number; readonly by: string; readonly reason: string })[] }
  }
  /** Puts a model in force, on every node within a minute; without an error budget the configured one holds. */
  readonly activateRules: {
    readonly input: { readonly body: { readonly version: string; readonly errorBudget?: number; readonly reason: string }; readonly etag: string }
    readonly answer: { readonly inForce: { readonly version: string; readonly errorBudget: number }; readonly versions: readonly ({ readonly version: string; readonly trainedAt?: number })[]; readonly activations: readonly ({ readonly version: string; readonly at: number; readonly errorBudget?: number })[]; readonly history: readonly ({ readonly at: number; readonly act: 'activated' | 'rolled back'; readonly version: string; readonly errorBudget?: number; readonly by: string; readonly reason: string })[] }
  }
  /** Puts in force what was before the rules in force; at last the built-in model. */
  readonly rollBackRules: {
    readonly input: { readonly query: { readonly reason: string }; readonly etag: string }
    readonly answer: { readonly inForce: { readonly version: string; readonly errorBudget: number }; readonly versions: readonly ({ readonly version: string; readonly trainedAt?: number })[]; readonly activations: readonly ({ readonly version: string; readonly at: number; readonly errorBudget?: number })[]; readonly history: readonly ({ readonly at: number; readonly act: 'activated' | 'rolled back'; readonly version: string; readonly errorBudget?: number; readonly by: string; readonly reason: string })[] }
  }
  /** Tells what another model or error budget would change, by class and with examples; nothing is changed. */
  readonly replayRules: {
    readonly input: { readonly body: { readonly version?: string; readonly errorBudget?: number; readonly people?: number; readonly decisions?: number; readonly days?: number }; readonly idempotencyKey?: string }
    readonly answer: { readonly inForce: { readonly version: string; readonly errorBudget: number }; readonly other: { readonly version: string; readonly errorBudget: number }; readonly decisions: { readonly replayed: number; readonly skipped: number; readonly outcomes: { readonly [name: string]: number }; readonly records: { readonly [name: string]: number }; readonly examples: readonly ({ readonly change: string; readonly accountId?: string; readonly event?: number; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly before: { readonly verdict: string; readonly because: string; readonly wrong: number }; readonly after: { readonly verdict: string; readonly because: string; readonly wrong: number } })[] })[] }; readonly shadow: { readonly replayed: number; readonly skipped: number; readonly outcomes: { readonly [name: string]: number }; readonly records: { readonly [name: string]: number }; readonly examples: readonly ({ readonly change: string; readonly accountId?: string; readonly event?: number; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly before: { readonly verdict: string; readonly because: string; readonly wrong: number }; readonly after: { readonly verdict: string; readonly because: string; readonly wrong: number } })[] })[] }; readonly people: { readonly decided: number; readonly ownedElsewhere: number; readonly outcomes: { readonly [name: string]: number }; readonly records: { readonly [name: string]: number }; readonly examples: readonly ({ readonly change: string; readonly accountId?: string; readonly event?: number; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly before: { readonly verdict: string; readonly because: string; readonly wrong: number }; readonly after: { readonly verdict: string; readonly because: string; readonly wrong: number } })[] })[] } }
  }
  /** Counts how decisions came out since a day, by the rules that made them, those of the newest first. */
  readonly watchRules: {
    readonly input: { readonly query: { readonly since: string } }
    readonly answer: { readonly rules: readonly ({ readonly ruleVersion: string; readonly errorBudget: number; readonly first: number; readonly last: number; readonly outcomes: { readonly [name: string]: number }; readonly shadow: { readonly [name: string]: number } })[] }
  }
  /** Tells whether linking goes as it uses to: the last hour, the week before it, and the alarms that are raised. */
  readonly listAlarms: {
    readonly input: Record<string, never>
    readonly answer: { readonly at: number; readonly from: number; readonly window: { readonly decisions: number; readonly linked: number; readonly confirm: number; readonly acceptedProofs: number; readonly refusedProofs: number; readonly mostOnOneRecord: number }; readonly before: { readonly decisions: number; readonly linked: number; readonly confirm: number; readonly acceptedProofs: number; readonly refusedProofs: number; readonly mostOnOneRecord: number }; readonly alarms: readonly ({ readonly name: 'link-rate' | 'confirm-rate' | 'refused-proofs' | 'identities-per-record'; readonly value: number; readonly expected: number; readonly since: number })[] }
  }
  /** Tells which record came up for most people in an hour, and the newest 200 decisions about it: what is behind identities-per-record. */
  readonly showBusiestRecord: {
    readonly input: { readonly query?: { readonly to?: number } }
    readonly answer: { readonly from: number; readonly to: number; readonly record?: { readonly serviceLine: string; readonly customerId: string }; readonly people: number; readonly count: number; readonly decisions: readonly ({ readonly event: number; readonly at: number; readonly account?: string; readonly client?: string; readonly outcome: string; readonly ruleVersion: string; readonly errorBudget: number; readonly compared: number; readonly hindrances: readonly (string)[]; readonly records: readonly ({ readonly serviceLine: string; readonly customerId: string; readonly verdict: string; readonly because: string; readonly wrong: number; readonly runnerUp: string; readonly margin: number; readonly start: number; readonly strangerMargin: number; readonly strangerStart: number; readonly fields: readonly ({ readonly field: string; readonly level: string; readonly bits: number; readonly strangerBits: number })[] })[] })[] }
  }
  /** Shows the policy in force and its versions; the ETag is the newest. */
  readonly showRollout: {
    readonly input: { readonly params: { readonly clientId: string } }
    readonly answer: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly fromFile: boolean; readonly before?: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly stored: boolean }; readonly versions: readonly ({ readonly version: number; readonly at: number; readonly by: string; readonly reason: string })[] }
  }
  /** Puts a policy in force, from the next request on, on every node. */
  readonly setRollout: {
    readonly input: { readonly params: { readonly clientId: string }; readonly body: { readonly policy: { readonly registration?: { readonly phase?: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage?: number; readonly allow?: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing?: { readonly phase?: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage?: number; readonly allow?: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password?: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey?: 'off' | 'allow'; readonly killSwitch?: boolean }; readonly reason: string }; readonly etag: string }
    readonly answer: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly fromFile: boolean; readonly before?: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly stored: boolean }; readonly versions: readonly ({ readonly version: number; readonly at: number; readonly by: string; readonly reason: string })[] }
  }
  /** Puts the policy before the one in force in force again. */
  readonly revertRollout: {
    readonly input: { readonly params: { readonly clientId: string }; readonly query: { readonly reason: string }; readonly etag: string }
    readonly answer: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly fromFile: boolean; readonly before?: { readonly policy: { readonly registration: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly existing: { readonly phase: 'off' | 'shadow' | 'offer' | 'default' | 'required'; readonly percentage: number; readonly allow: readonly (string)[]; readonly from?: string; readonly until?: string }; readonly password: 'off' | 'allow' | 'nudge' | 'require-bind'; readonly passkey: 'off' | 'allow'; readonly killSwitch: boolean }; readonly stored: boolean }; readonly versions: readonly ({ readonly version: number; readonly at: number; readonly by: string; readonly reason: string })[] }
  }
  /** Tells how many people came how far, by day, method and step, and how matching came out on the way. */
  readonly showFunnel: {
    readonly input: { readonly params: { readonly clientId: string }; readonly query: { readonly since: string } }
    readonly answer: { readonly counts: readonly ({ readonly day: string; readonly method: string; readonly step: string; readonly count: number })[]; readonly decisions: readonly ({ readonly day: string; readonly kind: 'acted' | 'shadow'; readonly outcome: 'link' | 'confirm' | 'none' | 'contested' | 'owned-elsewhere'; readonly count: number })[] }
  }
  /** Tells how matching came out, and would have come out in shadow, by day, kind and outcome. */
  readonly showDecisions: {
    readonly input: { readonly params: { readonly clientId: string }; readonly query: { readonly since: string } }
    readonly answer: { readonly counts: readonly ({ readonly day: string; readonly kind: 'acted' | 'shadow'; readonly outcome: 'link' | 'confirm' | 'none' | 'contested' | 'owned-elsewhere'; readonly count: number })[] }
  }
  /** Lists apps by client_id, those of files too. */
  readonly listClients: {
    readonly input: { readonly query?: { readonly prefix?: string; readonly cursor?: string; readonly limit?: number } }
    readonly answer: { readonly clients: readonly ({ readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json })[]; readonly next?: string }
  }
  /** Registers an app from a preset; its secret is in this answer and never again. */
  readonly createClient: {
    readonly input: { readonly body: { readonly preset?: 'web' | 'spa' | 'native' | 'tv' | 'machine' | 'third-party'; readonly metadata: { readonly [name: string]: Json } }; readonly idempotencyKey?: string }
    readonly answer: { readonly client: { readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json; readonly secrets: readonly ({ readonly id: string; readonly createdAt?: number; readonly expiresAt?: number; readonly lastUsedAt?: number })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }; readonly secret?: string }
  }
  /** Says what is wrong with metadata, and what might be better; saves nothing. */
  readonly lintClient: {
    readonly input: { readonly body: { readonly metadata: { readonly [name: string]: Json } }; readonly idempotencyKey?: string }
    readonly answer: { readonly errors: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }
  }
  /** Shows an app, with its secrets by id and when each was last used. */
  readonly showClient: {
    readonly input: { readonly params: { readonly clientId: string } }
    readonly answer: { readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json; readonly secrets: readonly ({ readonly id: string; readonly createdAt?: number; readonly expiresAt?: number; readonly lastUsedAt?: number })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }
  }
  /** Writes new metadata over a version. */
  readonly replaceClient: {
    readonly input: { readonly params: { readonly clientId: string }; readonly body: { readonly metadata: { readonly [name: string]: Json } }; readonly etag: string }
    readonly answer: { readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json; readonly secrets: readonly ({ readonly id: string; readonly createdAt?: number; readonly expiresAt?: number; readonly lastUsedAt?: number })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }
  }
  /** Lets nobody log in by an app any more. */
  readonly disableClient: {
    readonly input: { readonly params: { readonly clientId: string }; readonly etag: string; readonly idempotencyKey?: string }
    readonly answer: { readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json; readonly secrets: readonly ({ readonly id: string; readonly createdAt?: number; readonly expiresAt?: number; readonly lastUsedAt?: number })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }
  }
  /** Lets people log in by an app again. */
  readonly restoreClient: {
    readonly input: { readonly params: { readonly clientId: string }; readonly etag: string; readonly idempotencyKey?: string }
    readonly answer: { readonly clientId: string; readonly name: string; readonly managedBy: 'file' | 'api' | 'dcr' | 'apply'; readonly state: 'active' | 'disabled'; readonly version: number; readonly metadata: Json; readonly secrets: readonly ({ readonly id: string; readonly createdAt?: number; readonly expiresAt?: number; readonly lastUsedAt?: number })[]; readonly warnings: readonly ({ readonly field: string; readonly reason: string; readonly fix: string })[] }
  }
  /** Makes another secret beside the one there is; it is in this answer and never again. */
  readonly addSecret: {
    readonly input: { readonly params: { readonly clientId: string }; readonly body: { readonly expiresAt?: number }; readonly idempotencyKey?: string }
    readonly answer: { readonly secret: string; readonly id: string }
  }
  /** Makes a secret good for nothing. */
  readonly removeSecret: {
    readonly input: { readonly params: { readonly clientId: string; readonly secretId: string } }
    readonly answer: undefined
  }
  /** Lists the APIs that tokens are issued for, by audience, with their scopes. */
  readonly listApis: {
    readonly input: Record<string, never>
    readonly answer: { readonly apis: readonly ({ readonly audience: string; readonly name: string; readonly managedBy: 'file' | 'pias'; readonly format: 'jwt' | 'opaque'; readonly scopes: readonly ({ readonly name: string; readonly description: { readonly nl: string; readonly fr: string; readonly de: string; readonly en: string }; readonly consent: 'health' | 'by-client' })[]; readonly clients: readonly (string)[]; readonly exchanges: readonly ({ readonly audience: string; readonly scopes: readonly (string)[] })[] })[] }
  }
  /** Tells what an app would get for a synthetic persona, or masked for an account; nothing is signed. */
  readonly previewTokens: {
    readonly input: { readonly params: { readonly clientId: string }; readonly body: { readonly account?: string; readonly scope?: string; readonly claims?: { readonly userinfo?: { readonly [name: string]: null | { readonly [name: string]: Json } }; readonly id_token?: { readonly [name: string]: null | { readonly [name: string]: Json } } }; readonly resource?: string; readonly acr?: 'urn:pias:acr:low' | 'urn:pias:acr:basic' | 'urn:pias:acr:advanced' }; readonly idempotencyKey?: string }
    readonly answer: { readonly idToken: { readonly [name: string]: Json }; readonly userinfo: { readonly [name: string]: Json }; readonly accessToken: { readonly format: 'opaque' | 'jwt'; readonly scope: string; readonly expiresIn: number; readonly claims?: { readonly [name: string]: Json } } }
  }
  /** Begins a test login as an app: where a browser goes with it, within a minute. */
  readonly beginTrial: {
    readonly input: { readonly params: { readonly clientId: string }; readonly body: { readonly scope?: string; readonly resource?: string; readonly acr?: 'urn:pias:acr:low' | 'urn:pias:acr:basic' | 'urn:pias:acr:advanced'; readonly prompt?: 'login' | 'consent' | 'none'; readonly locale?: 'nl' | 'fr' | 'de' | 'en' }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly url: string; readonly request: { readonly [name: string]: string } } | { readonly at: 'request' | 'login' | 'token' | 'userinfo'; readonly code: string; readonly description?: string; readonly reason: string; readonly fix: string }
  }
  /** Takes what PIAS answered a test login with, once, and tells what the app would get; no token is told. */
  readonly finishTrial: {
    readonly input: { readonly body: { readonly answer: { readonly [name: string]: string } }; readonly idempotencyKey?: string }
    readonly answer: { readonly id: string; readonly clientId: string; readonly at: number; readonly request: { readonly [name: string]: string }; readonly own: boolean; readonly error?: { readonly at: 'request' | 'login' | 'token' | 'userinfo'; readonly code: string; readonly description?: string; readonly reason: string; readonly fix: string }; readonly idToken?: { readonly header: { readonly [name: string]: Json }; readonly claims: { readonly [name: string]: Json } }; readonly accessToken?: { readonly type: string; readonly format: 'opaque' | 'jwt'; readonly scope: string; readonly expiresIn: number; readonly header?: { readonly [name: string]: Json }; readonly claims?: { readonly [name: string]: Json } }; readonly userinfo?: { readonly [name: string]: Json }; readonly introspection?: { readonly [name: string]: Json }; readonly appSteps?: readonly ({ readonly step: 'exchange'; readonly origin: string; readonly problem?: { readonly reason: string; readonly fix: string } })[] }
  }
  /** Code for each stack that fits an app, filled in; none for an app without a login in a browser. */
  readonly listQuickstarts: {
    readonly input: { readonly params: { readonly clientId: string } }
    readonly answer: { readonly quickstarts: readonly ({ readonly stack: string; readonly title: string; readonly language: string; readonly tested: boolean; readonly code: string })[] }
  }
  /** Finds events, newest first, with numbers of people masked. */
  readonly searchAudit: {
    readonly input: { readonly query?: { readonly account?: string; readonly client?: string; readonly type?: string; readonly from?: number; readonly to?: number; readonly limit?: number; readonly cursor?: string } }
    readonly answer: { readonly events: readonly ({ readonly sequence: number; readonly at: number; readonly type: string; readonly accountId?: string; readonly clientId?: string; readonly data: Json })[]; readonly next?: string }
  }
  /** All events that fit, newest first, masked. */
  readonly exportAudit: {
    readonly input: { readonly query?: { readonly account?: string; readonly client?: string; readonly type?: string; readonly from?: number; readonly to?: number; readonly format?: 'jsonl' | 'csv' } }
    readonly answer: string
  }
  /** The same with numbers of people, for a reason. */
  readonly revealAudit: {
    readonly input: { readonly body: { readonly account?: string; readonly client?: string; readonly type?: string; readonly from?: number; readonly to?: number; readonly format?: 'jsonl' | 'csv'; readonly reason: string }; readonly idempotencyKey?: string }
    readonly answer: string
  }
  /** Tells how PIAS is doing: logins of all apps and of the busiest, secrets that end within 30 days, keys, the audit trail. */
  readonly showOverview: {
    readonly input: { readonly query: { readonly since: string } }
    readonly answer: { readonly days: readonly ({ readonly day: string; readonly method: string; readonly step: string; readonly count: number })[]; readonly decisions: readonly ({ readonly day: string; readonly kind: 'acted' | 'shadow'; readonly outcome: 'link' | 'confirm' | 'none' | 'contested' | 'owned-elsewhere'; readonly count: number })[]; readonly apps: readonly ({ readonly clientId: string; readonly counts: readonly ({ readonly day: string; readonly method: string; readonly step: string; readonly count: number })[] })[]; readonly endingSecrets: readonly ({ readonly clientId: string; readonly id: string; readonly expiresAt: number })[]; readonly keys: readonly ({ readonly ring: string; readonly kid: string; readonly alg: string; readonly state: 'next' | 'current' | 'retired'; readonly since: number; readonly until?: number })[]; readonly upstreams: readonly ({ readonly id: string; readonly name: string; readonly breaker: 'closed' | 'open' | 'half-open'; readonly calls: number; readonly failures: number; readonly medianMs?: number; readonly slowestMs?: number; readonly lastFailureAt?: number })[]; readonly audit: { readonly at: number; readonly problems: readonly (string)[]; readonly since?: number } }
  }
}

export const OPERATIONS = {
  whoAmI: ['GET', '/me'],
  bootstrap: ['POST', '/bootstrap'],
  listAdmins: ['GET', '/admins'],
  setRoles: ['PUT', '/admins/{accountId}'],
  searchAccounts: ['POST', '/accounts/search'],
  showAccount: ['GET', '/accounts/{accountId}'],
  revealAccount: ['POST', '/accounts/{accountId}/reveal'],
  accountTimeline: ['GET', '/accounts/{accountId}/timeline'],
  whyLinked: ['GET', '/accounts/{accountId}/decisions'],
  whyRecord: ['POST', '/records/decisions'],
  listUndecided: ['GET', '/decisions/undecided'],
  blockAccount: ['POST', '/accounts/{accountId}/block'],
  unblockAccount: ['POST', '/accounts/{accountId}/unblock'],
  endLogins: ['POST', '/accounts/{accountId}/endLogins'],
  searchRecords: ['POST', '/records/search'],
  changeCustomers: ['POST', '/customers'],
  previewLinkChange: ['POST', '/link-changes/preview'],
  changeLinks: ['POST', '/link-changes'],
  listProposedChanges: ['GET', '/link-changes'],
  showLinkChange: ['GET', '/link-changes/{changeId}'],
  approveLinkChange: ['POST', '/link-changes/{changeId}/approve'],
  withdrawLinkChange: ['POST', '/link-changes/{changeId}/withdraw'],
  listLinkChanges: ['GET', '/accounts/{accountId}/link-changes'],
  listReviews: ['GET', '/reviews'],
  showReview: ['GET', '/reviews/{reviewId}'],
  decideReview: ['POST', '/reviews/{reviewId}/decision'],
  previewDecision: ['POST', '/reviews/{reviewId}/preview'],
  showRules: ['GET', '/matching/rules'],
  activateRules: ['PUT', '/matching/rules'],
  rollBackRules: ['DELETE', '/matching/rules'],
  replayRules: ['POST', '/matching/replay'],
  watchRules: ['GET', '/matching/outcomes'],
  listAlarms: ['GET', '/alarms'],
  showBusiestRecord: ['GET', '/alarms/record'],
  showRollout: ['GET', '/clients/{clientId}/rollout'],
  setRollout: ['PUT', '/clients/{clientId}/rollout'],
  revertRollout: ['DELETE', '/clients/{clientId}/rollout'],
  showFunnel: ['GET', '/clients/{clientId}/funnel'],
  showDecisions: ['GET', '/clients/{clientId}/decisions'],
  listClients: ['GET', '/clients'],
  createClient: ['POST', '/clients'],
  lintClient: ['POST', '/clients/lint'],
  showClient: ['GET', '/clients/{clientId}'],
  replaceClient: ['PUT', '/clients/{clientId}'],
  disableClient: ['POST', '/clients/{clientId}/disable'],
  restoreClient: ['POST', '/clients/{clientId}/restore'],
  addSecret: ['POST', '/clients/{clientId}/secrets'],
  removeSecret: ['DELETE', '/clients/{clientId}/secrets/{secretId}'],
  listApis: ['GET', '/apis'],
  previewTokens: ['POST', '/clients/{clientId}/token-preview'],
  beginTrial: ['POST', '/clients/{clientId}/trials'],
  finishTrial: ['POST', '/trials/answer'],
  listQuickstarts: ['GET', '/clients/{clientId}/quickstarts'],
  searchAudit: ['GET', '/audit/events'],
  exportAudit: ['GET', '/audit/export'],
  revealAudit: ['POST', '/audit/reveal'],
  showOverview: ['GET', '/overview'],
} as const
