import type { Client, Entry } from './client.ts'

/** The clients that joined the same topics, and what this turn brings them. */
export class Group {
  readonly clients: Set<Client> = new Set()
  entries: Entry[] = []
}

/** Finds the clients of a topic. A client is in one group, so what it gets stays in order. */
export class Groups {
  readonly #byTopics = new Map<string, Group>()
  /** The groups of each topic. Clients without topics are under `undefined`. */
  readonly #byTopic = new Map<string | undefined, Set<Group>>()

  add(client: Client): void {
    const key = keyOf(client)
    let group = this.#byTopics.get(key)
    if (!group) {
      this.#byTopics.set(key, (group = new Group()))
      for (const topic of client.topics ?? [undefined]) {
        const groups = this.#byTopic.get(topic)
        if (groups) groups.add(group)
        else this.#byTopic.set(topic, new Set([group]))
      }
    }
    group.clients.add(client)
  }

  remove(client: Client): void {
    const key = keyOf(client)
    const group = this.#byTopics.get(key)
    group?.clients.delete(client)
    if (!group || group.clients.size > 0) return
    this.#byTopics.delete(key)
    for (const topic of client.topics ?? [undefined]) {
      const groups = this.#byTopic.get(topic)
      groups?.delete(group)
      if (groups?.size === 0) this.#byTopic.delete(topic)
    }
  }

  /** The groups that get an event: those of its topic and those without topics, or all if it has no topic. */
  *of(topic: string | undefined): Generator<Group, void> {
    if (topic === undefined) yield* this.#byTopics.values()
    else for (const each of [topic, undefined]) yield* this.#byTopic.get(each) ?? []
  }
}

function keyOf({ topics }: Client): string {
  return JSON.stringify(topics) ?? ''
}
