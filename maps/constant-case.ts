/** The GraphQL enum value that stands for a field or an entity: `orderDate` gives `ORDER_DATE`. */
export function constantCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}
