import { describe, expect, test } from 'vitest'
import type { Violation, ViolationCode } from '../../schema/participant.ts'
import { forCaller, isFinal, mayTryAgain, mergeViolations, mismatch, reasonsOf, undecided } from './violations.ts'

const violation = (code: ViolationCode, retryable: boolean, message: string = code): Violation => ({
  code,
  message,
  system: null,
  write: null,
  table: null,
  column: null,
  path: null,
  retryable,
})

describe('whether an attempt is made again', () => {
  test.each<[boolean, readonly Violation[]]>([
    [true, [violation('LOCKED', true)]],
    [true, [violation('STALE', true), violation('FENCED', true)]],
    [true, [violation('STALE', true), violation('REFERENCE', false)]],
    [false, [violation('STALE', false)]],
    [false, [violation('LOCKED', true), violation('VALIDATION', false)]],
    [false, [violation('TIMEOUT', true)]],
    [false, [violation('PENDING_SYNC', true)]],
  ])('%s for %j', (again, violations) => {
    expect(mayTryAgain(violations)).toBe(again)
  })
})

test('a refusal is final if one of its reasons will not pass', () => {
  expect(isFinal([violation('LOCKED', true), violation('RULE', false)])).toBe(true)
  expect(isFinal([violation('LOCKED', true), violation('TIMEOUT', true)])).toBe(false)
})

test('a refusal is not final if the write was planned on what is outdated', () => {
  expect(isFinal([violation('STALE', true), violation('REFERENCE', false)])).toBe(false)
})

test('the planner’s refusals, which every participant repeats, count once; the order is kept', () => {
  const own = violation('REQUIRED', false)
  const crm = violation('VALIDATION', false)
  expect(mergeViolations([[own, crm], [{ ...own }]])).toEqual([own, crm])
})

test('reasons come in the order of the systems, whoever answered first', () => {
  const [crm, erp] = [violation('RULE', false, 'of the CRM'), violation('RULE', false, 'of the ERP')]
  const refusals = [
    { system: 'ERP', violations: [erp], foreign: false },
    { system: 'CRM', violations: [crm], foreign: false },
  ] as const
  expect(reasonsOf(refusals)).toEqual([crm, erp])
})

test('a no without reasons was a fence, and callers read that a system did not answer', () => {
  const reasons = reasonsOf([{ system: 'ERP', violations: [], foreign: false }])
  expect(reasons).toMatchObject([{ code: 'FENCED', system: 'ERP', retryable: true }])
  expect(mayTryAgain(reasons)).toBe(true)
  expect(forCaller(reasons)).toMatchObject([{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP', retryable: true }])
})

test('an unknown outcome may be asked for again under a key, and only there', () => {
  expect([undecided(true).retryable, undecided(false).retryable, mismatch().retryable]).toEqual([true, false, false])
})
