/** What every write takes and answers beside its record. */

import 'reflect-metadata'
import { GraphQLError } from 'graphql'
import { Field, InputType, Int, ObjectType } from 'type-graphql'
import type { WriteOptions } from '../../../schema/caller-view.ts'
import { SystemEnum, WriteErrorCodeEnum } from './enums.ts'

/** Of every `expectedRevision`. */
export const EXPECTED_REVISION =
  'Refuse the write STALE unless the record has this revision; 0 stands for a record that does not exist.'

@ObjectType('WriteError', { description: 'One reason why a write was refused.' })
export class WriteErrorObject {
  @Field(() => WriteErrorCodeEnum, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { description: 'The reason in words.' })
  readonly message!: string

  @Field(() => [String], { description: 'Path into the arguments of the mutation, for example ["input", "name"].' })
  readonly path!: readonly string[]

  @Field(() => SystemEnum, { nullable: true, description: 'The system that refused; null where it was not asked.' })
  readonly system!: string | null

  @Field(() => String, { nullable: true, description: 'Native table at fault.' })
  readonly table!: string | null

  @Field(() => String, { nullable: true, description: 'Native column at fault.' })
  readonly column!: string | null

  @Field(() => Boolean, { description: 'Whether the same request may succeed later.' })
  readonly retryable!: boolean
}

@InputType('WriteOptions', { description: 'How to carry a write out.' })
export class WriteOptionsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Makes repeats harmless: a second request under the key gets the answer of the first.',
  })
  readonly idempotencyKey?: string | null

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  readonly expectedRevision?: number | null

  @Field(() => Int, { nullable: true, description: 'Time in which the write must be decided, in milliseconds.' })
  readonly timeoutMs?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Validate in both systems and show the legs that would be written, but leave no trace.',
  })
  readonly dryRun?: boolean | null
}

const IDEMPOTENCY_KEY_LENGTH_MAX = 255

/** An option that is null is not given. Throws BAD_USER_INPUT for a key that no two requests should share. */
export function writeOptions(given: WriteOptionsInput | null | undefined): WriteOptions {
  const length = given?.idempotencyKey?.length ?? 1
  if (length < 1 || length > IDEMPOTENCY_KEY_LENGTH_MAX) {
    const message = `\`idempotencyKey\` has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters`
    throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName: 'options' } })
  }
  return {
    idempotencyKey: given?.idempotencyKey ?? null,
    expectedRevision: given?.expectedRevision ?? null,
    timeoutMs: given?.timeoutMs ?? null,
    dryRun: given?.dryRun ?? false,
  }
}
