/**
 * The script of the launcher page, to be served as `text/javascript`: shows the search field, filters as one types, and
 * lets the arrow keys walk over the applications. It is an ES module without imports, and writes text only, never markup.
 */
export const launcherScript = String.raw`const search = document.querySelector('input');
const list = document.querySelector('.apps');
const count = document.querySelector('.count');
const nothing = document.querySelector('.nothing');
const total = count.textContent.trim();

// Case and accents make no difference: "cafe" finds "Café".
const plain = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
const apps = Array.from(list.children, (item) => ({
  item,
  title: plain(item.querySelector('.title').textContent),
  text: plain(item.querySelector('.about').textContent),
}));

// Every word has to occur. What has the first word early in its title comes first; otherwise the order stays.
function filter() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  const hits = apps.filter(({ text }) => words.every((word) => text.includes(word)));
  if (words.length > 0) hits.sort((one, other) => place(one, words[0]) - place(other, words[0]));
  list.replaceChildren(...hits.map(({ item }) => item));
  list.classList.toggle('found', words.length > 0);
  nothing.hidden = hits.length > 0;
  count.textContent = words.length === 0 ? total : hits.length + ' of ' + total;
}

function place({ title }, word) {
  const at = title.indexOf(word);
  return at < 0 ? Number.MAX_VALUE : at;
}

function columns(links) {
  return links.filter((link) => link.offsetTop === links[0].offsetTop).length;
}

function walk(event) {
  const links = [...list.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  const inSearch = document.activeElement === search;
  if ((!inSearch && at < 0) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;

  const row = columns(links);
  const steps = inSearch ? { ArrowDown: 1 } : { ArrowDown: row, ArrowUp: -row, ArrowLeft: -1, ArrowRight: 1 };
  const step = steps[event.key];
  if (step !== undefined) {
    event.preventDefault();
    const next = Math.min(at + step, links.length - 1);
    (links[next] ?? search).focus();
  } else if (event.key === 'Enter' && inSearch && search.value.trim() !== '') {
    links[0]?.click();
  } else if (event.key === 'Escape') {
    search.value = '';
    filter();
    search.focus();
  } else if ((event.key.length === 1 && event.key !== ' ') || event.key === 'Backspace') {
    // A person who goes on typing means the search.
    search.focus();
  }
}

// An image that does not come uncovers the letter beneath it.
for (const image of list.querySelectorAll('img')) {
  if (image.complete && image.naturalWidth === 0) image.remove();
  image.addEventListener('error', () => image.remove());
}

search.addEventListener('input', filter);
document.addEventListener('keydown', walk);
// Back from an application: the next letter typed replaces the last search.
addEventListener('pageshow', (event) => event.persisted && search.select());
search.parentElement.hidden = false;
if (document.activeElement === document.body) search.focus({ preventScroll: true });
`;
