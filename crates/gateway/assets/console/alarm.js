// A sound and a desktop alert, for whoever wants them.

const wish = (name) => localStorage.getItem(`console.${name}`) === 'on';

export function wishes() {
  for (const name of ['sound', 'alert']) {
    const box = document.getElementById(`wish-${name}`);
    if (!box) continue;
    box.checked = wish(name);
    box.onchange = async () => {
      if (name === 'alert' && box.checked && (await Notification.requestPermission()) !== 'granted') box.checked = false;
      localStorage.setItem(`console.${name}`, box.checked ? 'on' : 'off');
      if (name === 'sound' && box.checked) beep();
    };
  }
}

function beep() {
  const context = new AudioContext();
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.4);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
  tone.onended = () => context.close();
}

export function alarm(before, after) {
  const fresh = after.ids.filter((id) => !before.ids.includes(id));
  const said = after.said > before.said;
  if (!fresh.length && !said) return;
  const text = fresh.length ? 'A ticket has come' : 'The customer has written';
  document.getElementById('said').textContent = text;
  if (wish('sound')) beep();
  // No words of the customer: an alert may be seen by anybody who passes the screen.
  if (wish('alert') && document.hidden && Notification.permission === 'granted') new Notification(text, { tag: 'switchboard' });
}
