// The page in place of the app: it gives the component its data and its place, and listens to nothing.
const parentElement = document.querySelector(".place").attachShadow({ mode: "open" });
parentElement.append(document.getElementById("component").content.cloneNode(true));
const data = JSON.parse(document.getElementById("data").textContent);
mount({ data, parentElement, setStateValue() {}, setTriggerValue() {} });
