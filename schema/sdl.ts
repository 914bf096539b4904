/** GraphQL definitions as text, each with its description. */

export interface ArgumentDefinition {
  readonly name: string
  readonly type: string
  readonly description: string
}

export interface FieldDefinition extends ArgumentDefinition {
  readonly arguments?: readonly ArgumentDefinition[]
  /** For example `@shareable`. */
  readonly directives?: string
}

export interface EnumValueDefinition {
  readonly name: string
  readonly description: string | null
}

/** `directives` follows the type's name, for example `@key(fields: "id")`, or the interfaces that it implements. */
export function objectType(
  name: string,
  description: string,
  fields: readonly FieldDefinition[],
  directives = '',
): string {
  return `${described(description)}type ${name} ${directives} {\n${fields.map(fieldText).join('\n')}\n}\n`
}

export function interfaceType(name: string, description: string, fields: readonly FieldDefinition[]): string {
  return `${described(description)}interface ${name} {\n${fields.map(fieldText).join('\n')}\n}\n`
}

/** Fields for a type that is defined elsewhere in the same document. */
export function extendedType(name: string, fields: readonly FieldDefinition[]): string {
  return `extend type ${name} {\n${fields.map(fieldText).join('\n')}\n}\n`
}

export function inputType(name: string, description: string, fields: readonly ArgumentDefinition[]): string {
  return `${described(description)}input ${name} {\n${fields.map(fieldText).join('\n')}\n}\n`
}

export function enumType(name: string, description: string, values: readonly EnumValueDefinition[]): string {
  const lines = values.map((value) => `${value.description === null ? '' : described(value.description)}${value.name}`)
  return `${described(description)}enum ${name} {\n${lines.join('\n')}\n}\n`
}

export function unionType(name: string, description: string, members: readonly string[]): string {
  return `${described(description)}union ${name} = ${members.join(' | ')}\n`
}

export function scalarType(name: string, description: string): string {
  return `${described(description)}scalar ${name}\n`
}

function fieldText(field: FieldDefinition): string {
  const given = field.arguments ?? []
  const list = given.map((one) => `${described(one.description)}${one.name}: ${one.type}`).join('\n')
  return `${described(field.description)}${field.name}${list === '' ? '' : `(\n${list}\n)`}: ${field.type} ${field.directives ?? ''}`
}

function described(text: string): string {
  return `"""\n${text.replaceAll('"""', '\\"""')}\n"""\n`
}
