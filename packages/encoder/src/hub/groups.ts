import type { Batch } from './batch.ts'
import type { Client } from './client.ts'

/** The clients that joined the same topics. */
export interface Group {
  readonly clients: Set<Client>
  /** What this turn brings them. */
  batch: Batch | undefined
}

/** The clients of a hub, by their topics. A client is in one group, so what it gets stays in order. */
export class Groups {
  readonly #byTopics = new Map<string, Group>()
  /** The groups of each topic. Clients without topics are under `undefined`. */
  readonly #byTopic = new Map<string | undefined, Set<Group>>()
  /** How many clients there are. */
  size = 0

  add(client: Client): void {
    const key = keyOf(client)
    let group = this.#byTopics.get(key)
    if (!group) {
      this.#byTopics.set(key, (group = { clients: new Set(), batch: undefined }))
      for (const topic of topicsOf(client)) {
        const groups = this.#byTopic.get(topic) ?? new Set()
        this.#byTopic.set(topic, groups.add(group))
      }
    }
    group.clients.add(client)
    this.size++
  }

  /** Returns false if the client is not there. */
  remove(client: Client): boolean {
    const key = keyOf(client)
    const group = this.#byTopics.get(key)
    if (!group?.clients.delete(client)) return false
    this.size--
    if (group.clients.size > 0) return true
    this.#byTopics.delete(key)
    for (const topic of topicsOf(client)) {
      const groups = this.#byTopic.get(topic)
      groups?.delete(group)
      if (groups?.size === 0) this.#byTopic.delete(topic)
    }
    return true
  }

  /** The groups that get an event: those of its topic and those without topics, or all if it has no topic. */
  *of(topic: string | undefined): Generator<Group, void> {
    if (topic === undefined) yield* this.#byTopics.values()
    else for (const each of [topic, undefined]) yield* this.#byTopic.get(each) ?? []
  }

  /** The clients of these groups. */
  *clients(topic: string | undefined): Generator<Client, void> {
    for (const group of this.of(topic)) yield* group.clients
  }
}

function topicsOf({ topics }: Client): readonly (string | undefined)[] {
  return topics ?? [undefined]
}

function keyOf({ topics }: Client): string {
  return JSON.stringify(topics) ?? ''
}
