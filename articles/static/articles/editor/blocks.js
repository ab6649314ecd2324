// Our own blocks for the editor: pull quote, fact box, embed. The markup they write is exactly what
// newsroom/lib/richtext.py lets through.
import { Node, crel, gettext, updateAttrsDialog } from "django-prose-editor/editor"

// A wrapper around blocks, switched on and off by one button.
const wrapper = ({ name, tag, cssClass, icon, title, content }) =>
  Node.create({
    name,
    group: "block",
    content,
    defining: true,

    parseHTML() {
      // Before the editor's own rule for the bare tag.
      return [{ tag: `${tag}.${cssClass}`, priority: 60 }]
    },

    renderHTML() {
      return [tag, { class: cssClass }, 0]
    },

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name,
        groups: "nodes",
        priority: 60,
        button: buttons.material(icon, title),
        command: (editor) => editor.chain().focus().toggleWrap(name).run(),
        enabled: (editor) => editor.can().toggleWrap(name),
        active: (editor) => editor.isActive(name),
      })
    },
  })

export const PullQuote = wrapper({
  name: "pullQuote",
  tag: "blockquote",
  cssClass: "pullquote",
  icon: "campaign",
  title: "pull quote",
  content: "paragraph+",
})

export const FactBox = wrapper({
  name: "factBox",
  tag: "aside",
  cssClass: "factbox",
  icon: "info",
  title: "fact box",
  content: "(paragraph | heading | bulletList | orderedList | table)+",
})

const labels = JSON.parse(document.getElementById("editor-labels")?.textContent || "{}")

const askForAddress = updateAttrsDialog(
  {
    url: {
      type: "string",
      format: "url",
      required: true,
      title: labels["embed:address"] || "Address",
    },
  },
  { title: labels["embed:title"] || "Embed", submitText: gettext("Insert") },
)

export const EmbedBlock = Node.create({
  name: "embedBlock",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return {
      url: { default: "", parseHTML: (element) => element.dataset.embed || "", rendered: false },
    }
  },

  parseHTML() {
    return [{ tag: "figure[data-embed]", priority: 60 }]
  },

  renderHTML({ node }) {
    const { url } = node.attrs
    return ["figure", { class: "embed", "data-embed": url }, ["a", { href: url }, url]]
  },

  // In the editor no link: a click must select the block, not leave the page.
  addNodeView() {
    return ({ node }) => ({
      dom: crel("figure", { className: "embed" }, [
        crel("strong", { textContent: new URL(node.attrs.url, location.href).host }),
        crel("span", { textContent: node.attrs.url }),
      ]),
    })
  },

  addCommands() {
    return {
      editEmbed:
        () =>
        ({ editor, dispatch }) => {
          if (!dispatch) return true
          const known = editor.isActive(this.name) ? editor.getAttributes(this.name) : {}
          askForAddress(editor, known).then((given) => {
            const url = given?.url.trim()
            if (!url || !/^https?:\/\//i.test(url)) return
            editor.chain().focus().insertContent({ type: this.name, attrs: { url } }).run()
          })
          return true
        },
    }
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "embedBlock",
      groups: "nodes",
      priority: 50,
      button: buttons.material("smart_display", "embed"),
      command: (editor) => editor.chain().focus().editEmbed().run(),
      active: (editor) => editor.isActive("embedBlock"),
    })
  },
})
