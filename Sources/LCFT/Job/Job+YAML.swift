extension Job {
  /// The job as a job file that leaves nothing to a default: every setting that the job has, in the order of the tables.
  /// What it leaves out has no value in this job either.
  package var yaml: String { Job.sections.yaml(of: self, indent: "") }
}

extension JobSection {
  fileprivate func yaml(of job: Job, indent: String) -> String {
    let own = settings.compactMap { setting in
      setting.text(job).map { "\(indent)\(setting.key): \($0)\n" }
    }
    let below = subsections.compactMap { part in
      let text = part.yaml(of: job, indent: indent + "  ")
      return text.isEmpty ? nil : "\(indent)\(part.key):\n\(text)"
    }
    return (own + below).joined()
  }
}
