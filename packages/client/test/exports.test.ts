import * as index from '@tesserae/client'
import { expect, test } from 'vitest'

test.each([['.', index, ['ClientError', 'connect']]])(
  'the entry %s exports exactly the documented names',
  (_entry, exported, names) => {
    expect(Object.keys(exported).toSorted()).toEqual(names)
  },
)
