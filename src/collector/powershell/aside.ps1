# Questions that may stay without an answer.

$BudgetMs = [long]$Parameters.budgetMs
$Aside = @{ runspace = $null; stuck = @{} }

function Test-Budget { return $Clock.ElapsedMilliseconds -lt $BudgetMs }

# Storage or a domain controller that has gone away can keep a question waiting for ever, and everything behind it. So it is
# asked in a runspace of its own, which is left behind when it does not come back; the end of the process ends it. Nothing
# comes back then, and `stuck` tells by its name what must not be asked again.
function Invoke-Aside([string]$name, [scriptblock]$question, $argument) {
    if ($null -eq $Aside.runspace) {
        $Aside.runspace = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
        if ($PSVersionTable.PSEdition -eq 'Desktop') { $Aside.runspace.ApartmentState = 'STA' }
        $Aside.runspace.Open()
        # A command that is missing there must not be taken for an empty answer.
        $Aside.runspace.SessionStateProxy.SetVariable('ErrorActionPreference', 'Stop')
    }
    $shell = [Management.Automation.PowerShell]::Create()
    $shell.Runspace = $Aside.runspace
    [void]$shell.AddScript($question).AddArgument($argument)
    $call = $shell.BeginInvoke()
    # What was begun last must not use up the time that is kept for writing the report.
    $left = [Math]::Max(0, [Math]::Min([long]$Parameters.questionTimeoutMs, $BudgetMs - $Clock.ElapsedMilliseconds))
    if ($call.AsyncWaitHandle.WaitOne([int]$left)) { return $shell.EndInvoke($call) }
    $Aside.stuck[$name] = $true
    $Aside.runspace = $null
}

function Test-Stuck([string]$name) { return $Aside.stuck.ContainsKey($name) }

# What went wrong there, freed of the wrapping that the way here has put around it.
function Get-InnerRecord($record) {
    $exception = $record.Exception
    while ($null -ne $exception) {
        if ($exception -is [Management.Automation.IContainsErrorRecord] -and $exception -isnot [Management.Automation.MethodInvocationException]) {
            return $exception.ErrorRecord
        }
        $exception = $exception.InnerException
    }
    return $record
}
