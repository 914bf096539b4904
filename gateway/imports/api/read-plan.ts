/** Whether an import can keep to the plan of a dry run: pure. */

import { isDeepStrictEqual } from 'node:util'
import type { JobDefinition } from '../job/definition.ts'
import type { Job } from '../job/job.ts'
import { planHashOf } from '../job/plan.ts'
import { type ImportProblem, problem } from './asked.ts'

/** What must be the same for a row of both to mean the same. */
const SAME = ['target', 'source', 'format', 'columns', 'operation', 'matchBy', 'duplicates'] as const

/** `plan` is the dry run that the hash speaks of, null where there is none; `isOfFile`, whether its file is that of the import. */
export function planProblems(definition: JobDefinition, plan: Job | null, isOfFile: boolean): readonly ImportProblem[] {
  const { planHash } = definition
  if (planHash === null) return []
  if (plan === null || planHashOf(plan) !== planHash) {
    return [problem('NOT_FOUND', 'No dry run that came to its end has this hash.', 'input', 'planHash')]
  }
  const differing = SAME.filter((name) => {
    if (name === 'source' && isOfFile) return false
    return !isDeepStrictEqual(definition[name], plan.definition[name])
  })
  return differing.map((name) => {
    const message = `The dry run of this plan had another ${name}: a plan is kept to with the same rows and options.`
    return problem('PLAN_DIFFERS', message, 'input', 'planHash')
  })
}
