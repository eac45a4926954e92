import { trustedHtml } from './html.ts';
import type { SafeHtml } from './html.ts';

/** What kind of news a page brings; it chooses the mark and its colour. */
export type Mood = 'plain' | 'refused' | 'broken' | 'done';

const shapes: Readonly<Record<Mood, string>> = {
  plain: '<circle cx="7" cy="12" r="4.5"/><path d="M11.5 12H22M21.5 12v4M17 12v3"/>',
  refused: '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3M12 14.5v2"/>',
  broken:
    '<circle cx="6.5" cy="14" r="4"/><path d="M10.5 14H13M16 12l6.5-2.2M21.5 10l1 3M17.5 11.5l.8 2.4M12.5 9.5l-1.5-2.5M15.5 8l.2-3"/>',
  done: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
};

/** The mark for a mood: a key, a closed lock, a broken key, a tick. */
export function markOf(mood: Mood): SafeHtml {
  return trustedHtml(`<svg viewBox="0 0 24 24" aria-hidden="true">${shapes[mood]}</svg>`);
}
