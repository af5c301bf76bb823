import fc from 'fast-check'

/** What property tests try is the same in every run, so that no gate on coverage depends on their luck. */
fc.configureGlobal({ seed: 20_261_128 })
