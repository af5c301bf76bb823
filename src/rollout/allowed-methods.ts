/** A way to log in: the app's upstream, the old password, a passkey. */
export type Method = 'upstream' | 'password' | 'passkey'

/** What an identity from upstream may do: everything, nothing, or be recorded without doing anything. */
export type Use = 'act' | 'shadow' | 'off'

/** What the policy of an app lets this person do in this login. */
export type AllowedMethods = {
  /** Most wanted first. */
  readonly methods: readonly Method[]
  /** Whether the person chooses before anything else; if not, the first method begins at once. */
  readonly chooseFirst: boolean
  /** Whether somebody without a link is linked to the customer records that are certainly theirs, or may prove others. */
  readonly linking: Use
  /** Whether somebody may open a new account. */
  readonly registration: Use
  /** What is asked of somebody who logged in with the old password: nothing, an invitation, or to bind the upstream. */
  readonly afterPassword: 'nothing' | 'nudge' | 'require-bind'
}

/** Straight to the upstream, without a page: an app of which no policy says otherwise. */
export const STRAIGHT_TO_UPSTREAM: AllowedMethods = {
  methods: ['upstream'],
  chooseFirst: false,
  linking: 'act',
  registration: 'act',
  afterPassword: 'nothing',
}
