import { describe, expect, it } from 'vitest'
import { refuseRootConditions } from './root-conditions.ts'

const refuse = (query: string) => refuseRootConditions(query, 1_000)

describe('the root field of a subscription', () => {
  it.each([
    ['@include', 'subscription ($x: Boolean!) { ones @include(if: $x) { id } }'],
    ['@skip', 'subscription { ones @skip(if: false) { id } }'],
    ['@include', 'subscription ($x: Boolean!) { ... @include(if: $x) { ones { id } } }'],
    ['@skip', 'subscription ($x: Boolean!) { ...f @skip(if: $x) } fragment f on Subscription { ones { id } }'],
    ['@skip', 'subscription ($x: Boolean!) { ...f } fragment f on Subscription { ones @skip(if: $x) { id } }'],
    ['@skip', 'query { one { id } } subscription S { ...f } fragment f on S { ...f ones @skip(if: $x) { id } }'],
  ])('takes no %s: %s', (directive, query) => {
    const error = refuse(query)
    expect(error?.message).toContain(`take ${directive} away`)
    expect(error?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' })
    expect(error?.locations).toHaveLength(1)
  })

  it.each([
    ['a condition below it', 'subscription ($x: Boolean!) { ones { id @include(if: $x) } }'],
    ['a condition in a query', 'query ($x: Boolean!) { one @include(if: $x) { id } } # subscription'],
    ['another directive', 'subscription { ones @other { id } }'],
    ['a fragment that is missing', 'subscription { ...f } # @skip'],
    ['a fragment that holds itself', 'subscription { ...f } fragment f on S { ...f } # @skip'],
    ['no document', 'subscription { @skip'],
    ['more tokens than are looked at', `subscription { ones @skip(if: true) { ${'id '.repeat(1_000)} } }`],
  ])('is left to the rules of validation with %s', (_, query) => {
    expect(refuse(query)).toBeNull()
  })
})
