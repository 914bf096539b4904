/** What customers refer to, written before anything goes wrong. */

import { send } from './answers.ts'
import type { Cluster, Member } from './cluster.ts'
import { COMPANY, GROUP } from './requests.ts'

export async function fillStores(cluster: Cluster): Promise<void> {
  const run = async (member: Member, path: string, mutation: string): Promise<void> => {
    const query = `mutation { payload: ${mutation} { transaction { id state } errors { code message retryable } } }`
    const answer = await send(cluster.url(member) ?? '', { path, body: JSON.stringify({ query }) }, 10_000)
    const state = answer.answer === 'BODY' ? answer.body.data?.payload?.transaction?.state : null
    if (state !== 'COMMITTED') throw new Error(`the stores cannot be filled: ${JSON.stringify(answer)}`)
  }
  await run(
    'CRM',
    '/crm/graphql',
    `createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "A company" })`,
  )
  await run('ERP', '/erp/graphql', `createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "A company" })`)
  await run(
    'GATEWAY_1',
    '/graphql',
    `createCustomerGroup(input: { company: "${COMPANY}", code: "${GROUP}", description: "Shops" })`,
  )
}
