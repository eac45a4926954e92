// The clock: server-sent events. The browser reconnects by itself.
const clock = document.querySelector('#clock');
new EventSource('/clock').addEventListener('message', (event) => {
  clock.textContent = event.data;
});

// The echo: a WebSocket. It says hello once by itself, so that one look shows whether it works.
const answer = document.querySelector('#echo-answer');
const form = document.querySelector('#echo');
const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
const socket = new WebSocket(`${scheme}//${location.host}/echo`);
socket.addEventListener('open', () => socket.send('hello'));
socket.addEventListener('message', (event) => {
  answer.textContent = event.data;
});
socket.addEventListener('close', () => {
  answer.textContent = 'closed';
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  socket.send(form.elements.text.value);
  form.reset();
});
