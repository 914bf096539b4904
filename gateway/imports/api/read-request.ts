/** From what a caller asks for to a job's definition, or everything that is wrong with it, each at its argument: pure. */

import type { MapSet } from '../../../maps/model.ts'
import { type JobDefinition, type MaxFailures, type OptionProblem, optionProblems } from '../job/definition.ts'
import type { Job } from '../job/job.ts'
import { isPlannable } from '../job/plan.ts'
import type { CreateRequest } from '../store/job-store.ts'
import type { Answer } from '../upload/upload.ts'
import { type Asked, checked, type ImportProblem, problem, problemsOf, refused } from './asked.ts'
import type { ImportRequest } from './import-request.ts'
import { readColumns } from './read-columns.ts'
import { readMatchBy } from './read-match.ts'
import { planProblems } from './read-plan.ts'
import { readSource, type ToldFile } from './read-source.ts'
import { readTarget } from './read-target.ts'

export interface RequestFacts {
  readonly mapSet: MapSet
  /** The upload that the request names; null where it names none. */
  readonly upload: Answer<ToldFile> | null
  /** The dry run whose plan the request is to keep to; null where it names none. */
  readonly plan: Job | null
  /** Whether the upload has the file that the plan was made of. */
  readonly isOfFile: boolean
  readonly actor: string | null
}

export function readRequest(
  request: ImportRequest,
  { mapSet, upload, plan, isOfFile, actor }: RequestFacts,
): Asked<Pick<CreateRequest, 'definition' | 'rows'>> {
  const target = readTarget(mapSet, request)
  const source = readSource(request, upload)
  const columns = readColumns(mapSet, target.ok ? target.value : null, request)
  const matchBy = readMatchBy(mapSet, target.ok ? target.value : null, request)
  const maxFailures = readMaxFailures(request)
  if (!target.ok || !source.ok || !columns.ok || !matchBy.ok || !maxFailures.ok) {
    return refused(...[target, source, columns, matchBy, maxFailures].flatMap(problemsOf))
  }
  const definition: JobDefinition = {
    target: target.value,
    source: source.value.source,
    format: source.value.format,
    columns: columns.value,
    operation: request.operation ?? 'UPSERT',
    matchBy: matchBy.value,
    atomicity: request.atomicity ?? 'ROW',
    batchRows: request.batchSize ?? null,
    maxFailures: maxFailures.value,
    duplicates: request.duplicates ?? 'FAIL',
    mode: request.mode ?? 'COMMIT',
    idempotencyKey: request.idempotencyKey ?? null,
    planHash: request.planHash ?? null,
    ...{ retryOf: null, after: null, actor },
  }
  return checked({ definition, rows: source.value.rows }, [
    ...optionProblems(definition).map((found) => atArgument(request, found)),
    ...contradictions(definition),
    ...planProblems(definition, plan, isOfFile),
  ])
}

function readMaxFailures({ maxFailures, maxFailuresPercent }: ImportRequest): Asked<MaxFailures | null> {
  if (maxFailures != null && maxFailuresPercent != null) {
    return refused(
      problem(
        'VALIDATION',
        'Give the failures as a number or as a percentage, not both.',
        'input',
        'maxFailuresPercent',
      ),
    )
  }
  if (maxFailures != null) return { ok: true, value: { kind: 'ROWS', rows: maxFailures } }
  if (maxFailuresPercent != null) return { ok: true, value: { kind: 'PERCENT', percent: maxFailuresPercent } }
  return { ok: true, value: null }
}

function atArgument(request: ImportRequest, { option, message }: OptionProblem): ImportProblem {
  return problem('VALIDATION', `${message}.`, 'input', argumentOf(request, option))
}

function argumentOf({ maxFailures }: ImportRequest, option: OptionProblem['option']): keyof ImportRequest {
  switch (option) {
    case 'batchRows':
      return 'batchSize'
    case 'maxFailures':
      return maxFailures == null ? 'maxFailuresPercent' : 'maxFailures'
    case 'columns':
      return 'blank'
    case 'idempotencyKey':
      return 'idempotencyKey'
  }
}

function contradictions(definition: JobDefinition): readonly ImportProblem[] {
  const { target, atomicity, mode, planHash } = definition
  return [
    ...(target.kind === 'NATIVE' && atomicity === 'BATCH'
      ? [
          problem(
            'VALIDATION',
            'Rows of a native table are written each by itself: leave out `atomicity`.',
            'input',
            'atomicity',
          ),
        ]
      : []),
    ...(planHash !== null && mode === 'DRY_RUN'
      ? [problem('VALIDATION', 'A dry run makes a plan, and keeps to none.', 'input', 'planHash')]
      : []),
    ...(planHash !== null && !isPlannable(definition)
      ? [problem('VALIDATION', 'Only rows of an entity, each by itself, keep to a plan.', 'input', 'planHash')]
      : []),
  ]
}
